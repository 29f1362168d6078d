/** The examples, from the packed package, with the commands of their READMEs: what a user has who copies one. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { checkout } from "../../toolchain/places";
import { kubernetesPlugin } from "../doubles/kubernetes/plugin";
import { install } from "../engine/packed";
import { ended } from "../engine/quickstart";
import { commandsOf } from "../engine/readme-blocks";
import { engineEnvironment, scratchFolder } from "../engine/stack";
import { cluster, type TestCluster } from "../testbed";

/** An example as a user has it. */
export class Example {
  private constructor(
    readonly api: TestCluster,
    private readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  static async copy(t: TestContext, name: string): Promise<Example | undefined> {
    const api = await cluster();
    await kubernetesPlugin();
    const engine = await engineEnvironment(t);
    if (!engine) return undefined;
    const scratch = scratchFolder(t);
    const folder = join(scratch, "project");
    cpSync(join(checkout, "examples", name), folder, {
      recursive: true,
      filter: (file) => !/node_modules|state$/.test(file),
    });
    await install(scratch, folder, join(checkout, "node_modules"));
    const home = join(scratch, "home");
    mkdirSync(home);
    // README commands say `kubectl`, which is not on every machine's PATH under this name.
    symlinkSync(api.program, join(home, "kubectl"));
    const env = {
      PATH: `${home}:${engine.PATH}`,
      HOME: home,
      KUBECONFIG: api.kubeconfig,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_SKIP_CONFIRMATIONS: "true",
    };
    return new Example(api, folder, env);
  }

  /** The commands of its README, in order, but for the installation. */
  get commands(): string {
    const readme = readFileSync(join(this.folder, "README.md"), "utf8");
    return commandsOf(readme).replace(/^npm install .*$/m, "");
  }

  /** Runs commands as a user's shell would, and returns what they have shown. */
  async shell(commands: string): Promise<string> {
    const shell = spawn("bash", ["-euxo", "pipefail", "-c", commands], { cwd: this.folder, env: this.env });
    const { status, shown } = await ended(shell);
    assert.equal(status, 0, shown);
    return shown;
  }
}

/** Has each command that is timed say so. */
export function timed(commands: string): string {
  return commands.replaceAll(/^pulumi up$/gm, "TIMEFORMAT='up took %R s'; time pulumi up");
}

/** Shows the times that {@link timed} commands took. */
export function tellTimes(t: TestContext, shown: string): void {
  for (const [line] of shown.matchAll(/up took [\d.]+ s/g)) t.diagnostic(line);
}
