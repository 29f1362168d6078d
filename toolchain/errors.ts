/** Why no toolchain could be had, and what to do about it. */
export class ToolchainError extends Error {
  /** What the reader can do, in one sentence. */
  readonly remedy: string;

  constructor(problem: string, remedy: string) {
    super(`${problem} ${remedy}`);
    this.name = new.target.name;
    this.remedy = remedy;
  }
}

const INSTALL_PULUMI = "Install Pulumi from https://www.pulumi.com/docs/install/";

/** Something must be built and there is no Go to build it: the one failure for which a test may skip itself, loudly. */
export class GoMissingError extends ToolchainError {
  constructor(what: string) {
    super(
      `${what} is not here, and there is no Go to build it with.`,
      `${INSTALL_PULUMI}, or Go from https://go.dev/dl/, and run this again.`,
    );
  }
}

/** Go is there, and its build failed. */
export class BuildFailedError extends ToolchainError {
  constructor(what: string, output: string) {
    super(
      `Building ${what} failed:\n${output.trimEnd()}\n`,
      `${INSTALL_PULUMI}, or repair the build and run this again.`,
    );
  }
}
