import { execFile } from "node:child_process";
import { promisify } from "node:util";
import which from "which";
import { homeFolder } from "./cache";
import { BuildFailedError, GoMissingError } from "./errors";

const run = promisify(execFile);

/** A Go command line in the folder of a go.mod of ours, bound to what that go.mod and its go.sum name. */
export class Go {
  private constructor(
    private readonly command: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** The Go on PATH; `what` is named in the error if there is none. */
  static async find(env: NodeJS.ProcessEnv, what: string): Promise<Go> {
    const command = await which("go", { path: env.PATH ?? "", nothrow: true });
    if (!command) throw new GoMissingError(what);
    return new Go(command, goEnvironment(env));
  }

  /** Builds the command of a package into a file. */
  async build(what: string, moduleFolder: string, packagePath: string, file: string, linkerFlags = ""): Promise<void> {
    await this.run(what, moduleFolder, ["build", "-ldflags", `-s -w ${linkerFlags}`, "-o", file, packagePath]);
  }

  /** The folder of a module's sources in Go's module cache. */
  async moduleSources(what: string, moduleFolder: string, module: string): Promise<string> {
    return (await this.run(what, moduleFolder, ["list", "-m", "-f", "{{.Dir}}", module])).trim();
  }

  private async run(what: string, cwd: string, args: string[]): Promise<string> {
    try {
      return (await run(this.command, args, { cwd, env: this.env, maxBuffer: 64 * 1024 * 1024 })).stdout;
    } catch (error) {
      const { stderr, message } = error as Error & { stderr?: string };
      throw new BuildFailedError(what, lastLines(stderr || message, 20));
    }
  }
}

/** The environment of a build that depends on nothing but our go.mod: for this machine, whatever the caller builds for. */
export function goEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { GOOS: _os, GOARCH: _arch, ...rest } = env;
  return {
    ...rest,
    HOME: homeFolder(env), // Go keeps its caches there, and refuses to work without
    GOFLAGS: "-mod=readonly -trimpath -buildvcs=false",
    GOWORK: "off", // a go.work above the checkout would replace our go.mod
    CGO_ENABLED: "0", // no C compiler needed
  };
}

function lastLines(text: string, count: number): string {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}
