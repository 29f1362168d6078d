/**
 * Fresh CouchDB nodes for tests: the double in this process, or real ones where the environment variable
 * `COUCHDB_FRESH_NODES` names a command that starts them.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type CouchDbDouble, type NodeOptions, startCouchDb } from "./doubles/couchdb";

export type { NodeOptions } from "./doubles/couchdb";

/** One node, reachable over HTTP, not joined to any other. */
export interface FreshNode {
  /** Erlang name, as `_membership` shows it. */
  name: string;
  /** Without credentials and without a slash at the end. */
  url: string;
  /** The same with the admin's user and password. */
  adminUrl: string;
  adminUser: string;
  adminPassword: string;
}

/** Nodes that a test has started and stops again. */
export interface FreshNodes {
  nodes: FreshNode[];
  /** Whether these are real CouchDB nodes. */
  real: boolean;
  /** The double, where it is one: to kill, stop, start and reset nodes, and to see what they were asked. */
  double?: CouchDbDouble;
  stop(): Promise<void>;
}

/** How long the command may take to print the URLs of its nodes. */
const START_TIMEOUT_MS = 300_000;

/** How long the command and its nodes may take to end before they are killed. */
const STOP_TIMEOUT_MS = 10_000;

/** How often a password is hashed in the double: a test has no use for the 0.2 s that real nodes spend on it. */
export const TEST_HASH_ITERATIONS = 10;

/** The command that starts real nodes, if there is one. */
export function freshNodesCommand(): string | undefined {
  return process.env.COUCHDB_FRESH_NODES?.trim() || undefined;
}

/** Starts `count` nodes with empty disks. Real nodes take no options: they are what the command makes them. */
export async function freshNodes(count: number, options: NodeOptions = {}): Promise<FreshNodes> {
  const command = freshNodesCommand();
  return command === undefined ? freshDouble(Array(count).fill({}), options) : nodesOfCommand(command, count);
}

/** Starts nodes of the double, whatever the environment says: for tests that need what only the double can do. */
export async function freshDouble(nodes: NodeOptions[], common: NodeOptions = {}): Promise<FreshNodes> {
  const double = await startCouchDb(nodes, { hashIterations: TEST_HASH_ITERATIONS, ...common });
  return {
    nodes: double.nodes.map((node) => fromAdminUrl(node.adminUrl, node.name)),
    real: false,
    double,
    stop: () => double.stop(),
  };
}

/**
 * Starts nodes by a command that takes their number, prints a URL with credentials for each, and ends by SIGTERM.
 * Names that are not given are asked for: a request with which the node has the password's hash checked, once for all.
 */
export async function nodesOfCommand(command: string, count: number, names: string[] = []): Promise<FreshNodes> {
  const child = spawnCommand(command, count);
  try {
    const urls = await readLines(child, count);
    const nodes = await Promise.all(
      urls.map(async (url, index) => fromAdminUrl(url, names[index] ?? (await nodeName(url)))),
    );
    return { nodes, real: true, stop: () => stopGroup(child) };
  } catch (error) {
    await stopGroup(child);
    throw error;
  }
}

type Command = ChildProcessByStdio<null, Readable, null>;

function spawnCommand(command: string, count: number): Command {
  const options = { detached: true, stdio: ["ignore", "pipe", "inherit"] as ["ignore", "pipe", "inherit"] };
  return /\s/.test(command)
    ? spawn("/bin/sh", ["-c", `exec ${command} ${count}`], options)
    : spawn(command, [String(count)], options);
}

async function readLines(child: Command, count: number): Promise<string[]> {
  const lines: string[] = [];
  const timer = setTimeout(() => child.stdout.destroy(new Error("no URLs in time")), START_TIMEOUT_MS);
  const failed = new Promise<never>((_, reject) => child.once("error", reject));
  const read = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.trim() !== "") lines.push(line.trim());
      if (lines.length === count) return lines;
    }
    throw new Error(`COUCHDB_FRESH_NODES printed ${lines.length} of ${count} URLs`);
  })();
  try {
    return await Promise.race([read, failed]);
  } finally {
    clearTimeout(timer);
    child.stdout.resume();
  }
}

/** Ends every process of the command's group: it may have left its nodes running there, or still run itself. */
async function stopGroup(child: Command): Promise<void> {
  child.stdout.destroy();
  const { pid } = child;
  if (pid === undefined) return;
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  for (let signal: NodeJS.Signals | 0 = "SIGTERM"; signalGroup(pid, signal); await sleep(50)) {
    signal = Date.now() > deadline ? "SIGKILL" : 0;
  }
}

/** Answers whether the group still has a process; signal 0 only asks. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}

function fromAdminUrl(adminUrl: string, name: string): FreshNode {
  const url = new URL(adminUrl);
  return {
    name,
    url: url.origin,
    adminUrl: adminUrl.replace(/\/$/, ""),
    adminUser: decodeURIComponent(url.username),
    adminPassword: decodeURIComponent(url.password),
  };
}

async function nodeName(adminUrl: string): Promise<string> {
  const { origin, username, password } = new URL(adminUrl);
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64");
  const answer = await fetch(`${origin}/_node/_local`, { headers: { authorization: `Basic ${credentials}` } });
  if (!answer.ok) throw new Error(`GET ${origin}/_node/_local answered ${answer.status}`);
  return ((await answer.json()) as { name: string }).name;
}
