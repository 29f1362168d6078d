import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { TestContext } from "node:test";
import { transformSync } from "esbuild";
import { backendIn, engineEnvironment, projectFile, quickLoading, scratchFolder } from "./stack";

/** A Pulumi project in a folder of its own, driven by the CLI as a user drives it. */
export class CliProject {
  private constructor(
    readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /**
   * Makes a project with a stack `test`; undefined where there is no engine.
   *
   * @param program its source, in TypeScript
   * @param config the stack's configuration, a key without a namespace the project's; `password` values are set as secrets
   * @param place a folder with its own `node_modules`, and a folder of programs that go before all others on PATH; there
   *   Pulumi compiles the program. By default the project finds what the checkout has, and is compiled beforehand, as
   *   that takes as long as all else.
   */
  static async make(
    test: TestContext,
    program: string,
    config: Record<string, unknown>,
    place?: { folder: string; path: string },
  ): Promise<CliProject | undefined> {
    const env = await engineEnvironment(test);
    if (!env) return undefined;
    const folder = place?.folder ?? scratchFolder(test);
    const path = place ? { PATH: [place.path, env.PATH].join(delimiter) } : quickLoading;
    const main = place ? "index.ts" : "index.js";
    const source = place ? program : transformSync(program, { loader: "ts", format: "cjs" }).code;
    writeFileSync(join(folder, main), source);
    writeFileSync(join(folder, "package.json"), '{ "name": "test", "private": true }');
    writeFileSync(join(folder, "Pulumi.yaml"), projectFile(main));
    const project = new CliProject(folder, { ...process.env, ...env, ...path, ...backendIn(folder) });
    await project.run("stack", "init", "test");
    const settings = Object.entries(config).flatMap(([key, value]) => [
      /password/i.test(key) ? "--secret" : "--plaintext",
      `${key.includes(":") ? key : `test:${key}`}=${typeof value === "string" ? value : JSON.stringify(value)}`,
    ]);
    if (settings.length > 0) await project.run("config", "set-all", ...settings);
    return project;
  }

  /** The same project, with more in the environment of its commands. */
  with(env: NodeJS.ProcessEnv): CliProject {
    return new CliProject(this.folder, { ...this.env, ...env });
  }

  /** Runs a Pulumi command to its end; fails the test, with all that it showed, if the command fails. */
  async run(...args: string[]): Promise<string> {
    const { code, output } = await this.outcome(this.start(...args));
    if (code !== 0) throw new Error(`pulumi ${args[0]} ended with ${code}:\n${output}`);
    return output;
  }

  /** Starts a Pulumi command and lets it run. */
  start(...args: string[]): ChildProcess {
    return spawn("pulumi", [...args, "--non-interactive"], {
      cwd: this.folder,
      env: this.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  private async outcome(child: ChildProcess): Promise<{ code: number | null; output: string }> {
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += chunk));
    const [code] = (await once(child, "close")) as [number | null];
    return { code, output };
  }
}

/** Waits until a process has shown something; fails where it ends before. */
export async function hasShown(child: ChildProcess, pattern: RegExp): Promise<void> {
  let text = "";
  await new Promise<void>((resolve, reject) => {
    child.stdout!.on("data", (data) => {
      text += data;
      if (pattern.test(text)) resolve();
    });
    child.once("close", () => reject(new Error(`ended without showing ${pattern}:\n${text}`)));
  });
}

/** Kills a process and all that descend from it, wherever in the tree, with SIGKILL. */
export function killTree(root: number): void {
  const table = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  const rows = table.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const doomed = [root];
  for (const pid of doomed) doomed.push(...rows.filter(([, parent]) => parent === pid).map(([child]) => child));
  for (const pid of doomed) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended by now.
    }
  }
}
