import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Toolchain } from "../toolchain/index";
import { checkout } from "../toolchain/places";
import { adminUser, type ClusterNode, secretFiles, urlOf } from "./cluster";
import { endFamily } from "./processes";
import type { State } from "./state";

const STACK = "quickstart";
const CONFIG_FILE = `Pulumi.${STACK}.yaml`;

/** In the environment of every process that Pulumi runs for this stack, so that they can be found. */
const MARK = "PULUMI_COUCH_QUICKSTART_RUN";

/** How long Pulumi may take to end an operation in good order. */
const INTERRUPT_TIMEOUT_MS = 20_000;

/** The Pulumi CLI on the quickstart's stack: program from the checkout, everything else in the state folder. */
export class Pulumi {
  private child: ChildProcess | undefined;

  constructor(
    private readonly toolchain: Toolchain,
    private readonly state: State,
  ) {}

  /** Environment with which any Pulumi command works on this stack. It holds no secret, only where one is. */
  get settings(): Record<string, string> {
    return {
      // Without metadata files: a killed Pulumi may leave an empty one, and then can't read the state.
      PULUMI_BACKEND_URL: `file://${this.state.path("backend")}?metadata=skip`,
      PULUMI_CONFIG_PASSPHRASE_FILE: this.state.path(secretFiles.passphrase),
      PULUMI_HOME: this.state.path("pulumi-home"),
      ...this.toolchain.env,
    };
  }

  /** Whether an earlier start made the stack. */
  get stackExists(): boolean {
    return existsSync(this.state.path("backend", ".pulumi", "stacks"));
  }

  /** Makes the stack, if it does not exist, and sets its configuration. */
  async configure(nodes: ClusterNode[]): Promise<void> {
    await this.state.write("backend/README", "State of the quickstart's stack. `npm stop` removes it.\n");
    // In the folder where the stack is made, Pulumi needs a project and leaves a configuration file.
    await this.state.write("Pulumi.yaml", await readFile(join(checkout, "Pulumi.yaml"), "utf8"));
    await this.quietly(["stack", "select", "--create", "--stack", STACK, "--cwd", this.state.folder]);
    const urls = nodes.flatMap((node, index) => ["--plaintext", `nodes[${index}]=${urlOf(node)}`]);
    await this.quietly(["config", "set-all", "--path", ...urls, "--plaintext", `adminUser=${adminUser}`, ...this.here]);
    // By standard input: everybody on the machine can read a command line.
    const password = await this.state.secret(secretFiles.adminPassword);
    await this.quietly(["config", "set", "--secret", "adminPassword", ...this.here], password);
  }

  /** Ends what a killed run left running: the CLI, or plugins without it. */
  async endLeftover(): Promise<void> {
    await endFamily(MARK, this.state.folder, this.toolchain.pulumi, INTERRUPT_TIMEOUT_MS);
  }

  /** Recovers from a killed run: ends its processes, removes its lock, and refreshes what it left pending. */
  async recover(): Promise<void> {
    await this.endLeftover();
    if (!this.stackExists) return;
    await this.quietly(["cancel", "--yes", "--stack", STACK]);
    const exported = JSON.parse(await this.quietly(["stack", "export", "--stack", STACK])) as {
      deployment?: { pending_operations?: unknown[] };
    };
    if (exported.deployment?.pending_operations?.length)
      await this.openly(["refresh", "--yes", "--skip-preview", "--clear-pending-creates"]);
  }

  /** Updates the stack, in front of the user. */
  async up(...flags: string[]): Promise<void> {
    await this.openly(["up", "--yes", ...flags]);
  }

  /** Destroys what is in the stack, in front of the user. */
  async destroy(): Promise<void> {
    await this.openly(["destroy", "--yes", "--skip-preview", "--remove"]);
  }

  /** The stack's outputs. */
  async outputs(): Promise<Record<string, unknown>> {
    return JSON.parse(await this.quietly(["stack", "output", "--json", "--stack", STACK])) as Record<string, unknown>;
  }

  /** Asks a running command to end in good order. */
  interrupt(): void {
    this.child?.kill("SIGINT");
  }

  private get here(): string[] {
    return ["--stack", STACK, "--config-file", this.state.path(CONFIG_FILE)];
  }

  private get environment(): NodeJS.ProcessEnv {
    const { PULUMI_CONFIG_PASSPHRASE: _, ...env } = process.env;
    return { ...env, ...this.settings, [MARK]: this.state.folder };
  }

  /** Runs a command that uses the terminal. */
  private async openly(args: string[]): Promise<void> {
    console.log(`\n$ pulumi ${args.join(" ")}`);
    const options = { cwd: checkout, env: this.environment, stdio: "inherit" } as const;
    this.child = spawn(this.toolchain.pulumi, [...args, ...this.here], options);
    const status = await ended(this.child);
    this.child = undefined;
    if (status !== 0) throw new Error(`pulumi ${args[0]} ended with status ${status}`);
  }

  /** Runs a command and returns what it prints; shows it only if it fails. */
  private async quietly(args: string[], input = ""): Promise<string> {
    const child = spawn(this.toolchain.pulumi, [...args, "--non-interactive"], {
      cwd: checkout,
      env: this.environment,
    });
    let [output, errors] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      errors += text;
    });
    child.stdin.on("error", () => {}).end(input);
    const status = await ended(child);
    if (status !== 0)
      throw new Error(`pulumi ${args.slice(0, 2).join(" ")} ended with status ${status}: ${errors.trim()}`);
    return output;
  }
}

function ended(child: ChildProcess): Promise<number | NodeJS.Signals> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => resolve(status ?? signal ?? 1));
  });
}
