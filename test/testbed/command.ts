import { execFile } from "node:child_process";

/** A command that ended with another status than 0. */
export class CommandError extends Error {
  constructor(
    command: string,
    readonly status: number | undefined,
    readonly stderr: string,
    readonly stdout: string,
  ) {
    super(`${command} failed (${status ?? "not started"}): ${(stderr || stdout).trim()}`);
    this.name = "CommandError";
  }
}

/** Runs a command to its end and returns what it printed; `input` goes to its standard input. */
export function command(name: string, args: readonly string[], input = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(name, args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const status = typeof error.code === "number" ? error.code : undefined;
      reject(new CommandError([name, ...args].join(" "), status, stderr || error.message, stdout));
    });
    child.stdin?.on("error", () => {}); // it may end without reading
    child.stdin?.end(input);
  });
}

/** The same, for a command that may fail because there is nothing to do; tells whether it succeeded. */
export async function attempt(name: string, ...args: string[]): Promise<boolean> {
  return command(name, args).then(
    () => true,
    () => false,
  );
}
