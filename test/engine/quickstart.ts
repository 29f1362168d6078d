import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { promisify } from "node:util";
import { CouchDbClient } from "../../components/clients/couchdb/client";
import { checkout } from "../../toolchain/places";
import { freePorts, occupy } from "../ports";
import { hasShown } from "./cli";
import { engineEnvironment, quickLoading, scratchFolder } from "./stack";

/** How a command of the quickstart ended. */
export interface Ended {
  status: number | null;
  /** All that it has shown. */
  shown: string;
}

/** The quickstart in a folder and on ports of a test's own. */
export class Quickstart {
  private constructor(
    readonly folder: string,
    readonly ports: number[],
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Ends it, and what it has started, when the test is over. Skips the test where there is no Pulumi engine. */
  static async make(test: TestContext): Promise<Quickstart | undefined> {
    const engine = await engineEnvironment(test);
    if (!engine) return undefined;
    const folder = join(scratchFolder(test), "state");
    const ports = await freePorts(3);
    const quickstart = new Quickstart(folder, ports, {
      ...process.env,
      ...quickLoading,
      PULUMI_COUCH_QUICKSTART_STATE: folder,
      PULUMI_COUCH_QUICKSTART_PORTS: ports.join(),
    });
    test.after(() => quickstart.stop());
    return quickstart;
  }

  /** The URLs on which it was asked to run its nodes. */
  get urls(): string[] {
    return this.ports.map((port) => `http://127.0.0.1:${port}`);
  }

  /** A secret, as its file holds it. */
  secret(file: "admin-password" | "passphrase" | "home/.erlang.cookie"): string {
    return readFileSync(join(this.folder, file), "utf8").trim();
  }

  /** Speaks to a node as its administrator. */
  client(url: string): CouchDbClient {
    return new CouchDbClient(url, { adminUser: "admin", adminPassword: this.secret("admin-password") });
  }

  start(): Promise<Ended> {
    return ended(this.launch("start"));
  }

  stop(): Promise<Ended> {
    return ended(this.launch("stop"));
  }

  /** `npm start`, or `npm stop`, as a user types it. */
  npm(script: "start" | "stop"): Promise<Ended> {
    return ended(
      spawn("npm", [script], { cwd: checkout, env: { ...this.env, NODE_OPTIONS: process.env.NODE_OPTIONS } }),
    );
  }

  /** Begins to start, in a process group of its own, and returns when it has shown what is waited for. */
  async startUntil(shown: RegExp): Promise<ChildProcess> {
    const child = this.launch("start", { detached: true });
    await hasShown(child, shown);
    return child;
  }

  /** Process id of a node's process. */
  nodePid(number: number): number {
    return Number(readFileSync(join(this.folder, "nodes", String(number), "pid"), "utf8"));
  }

  /** Processes that have this quickstart's folder in their command line or environment. */
  async processes(): Promise<string[]> {
    const all = await processes();
    return all.filter((text) => text.includes(this.folder) && !/dist\/test|npm (start|stop|test)/.test(text));
  }

  /** Every file that it keeps, with its mode. */
  files(): { file: string; mode: string }[] {
    if (!existsSync(this.folder)) return [];
    return readdirSync(this.folder, { recursive: true, encoding: "utf8" }).map((file) => ({
      file,
      mode: (statSync(join(this.folder, file)).mode & 0o777).toString(8),
    }));
  }

  private launch(command: "start" | "stop", options: { detached?: boolean } = {}): ChildProcess {
    const script = join(checkout, "dist/quickstart", `${command}.js`);
    return spawn(process.execPath, [script], { cwd: checkout, env: this.env, ...options });
  }
}

/** Asserts that a start has shown a whole cluster, and how to stop it. */
export function assertStarted({ status, shown }: Ended): void {
  assert.equal(status, 0, shown);
  assert.equal(shown.match(/3 of 3: couchdb1, couchdb2, couchdb3 +cluster_finished/g)?.length, 3, shown);
  assert.match(shown, /written on couchdb1@127\.0\.0\.1, read on couchdb3@127\.0\.0\.1/);
  assert.match(shown, /\$ pulumi up .*--expect-no-changes\n[\s\S]*3 unchanged/);
  assert.match(shown, /Stop +npm stop/);
}

/** Asserts that a stop has left nothing: no process, no file, no port in use. */
export async function assertStopped(quickstart: Quickstart, { status, shown }: Ended): Promise<void> {
  assert.equal(status, 0, shown);
  assert.deepEqual(await quickstart.processes(), []);
  assert.ok(!existsSync(quickstart.folder));
  for (const port of quickstart.ports) (await occupy(port)).close();
}

/** Waits for a command, and returns what it has shown. */
export async function ended(child: ChildProcess): Promise<Ended> {
  let shown = "";
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding("utf8").on("data", (text) => {
      shown += text;
    });
  }
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  return { status, shown };
}

/** The command lines of all processes and, after each, its environment as far as this user may read it. */
export async function processes(): Promise<string[]> {
  if (!existsSync("/proc/self/environ")) {
    const { stdout } = await promisify(execFile)("ps", ["axeww", "-o", "command="], { maxBuffer: 64 * 1024 * 1024 });
    return stdout.split("\n");
  }
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const read = (pid: string, what: string) => readFile(`/proc/${pid}/${what}`, "utf8").catch(() => "");
  const texts = pids.map(async (pid) => `${await read(pid, "cmdline")}\n${await read(pid, "environ")}`);
  return (await Promise.all(texts)).map((text) => text.replaceAll("\0", " "));
}
