import { closeSync, openSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CouchDbClient } from "../components/clients/couchdb/client";
import {
  adminUser,
  type Cluster,
  type ClusterNode,
  type Kind,
  readCluster,
  secretFiles,
  urlOf,
  writeCluster,
} from "./cluster";
import { findCouchDb, type Installation, type NodeCommand, prepareCouchDb } from "./couchdb";
import { freePort, listening, wantedPorts } from "./ports";
import { endProcess, runningProcess, spawnWithPidFile } from "./processes";
import type { State } from "./state";

/** How long a node may take until it answers. */
const START_TIMEOUT_MS = { "stand-in": 30_000, couchdb: 60_000 };

type Say = (line: string) => void;

/** Keeps the nodes that run and starts the others. Returns all nodes, and whether it started any. */
export async function startNodes(state: State, say: Say): Promise<{ nodes: ClusterNode[]; started: boolean }> {
  const installation = await findCouchDb(process.env);
  const known = await readCluster(state);
  const kind: Kind = known?.kind ?? (installation ? "couchdb" : "stand-in");
  if (kind === "couchdb" && !installation)
    throw new Error("the nodes were started with a couchdb that is no longer on PATH; put it back, or `npm stop`");
  if (installation && kind === "couchdb") say(`three nodes of ${installation.script}`);
  else if (known) say("using the built-in stand-in for CouchDB, as before");
  else say("no couchdb on PATH: using the built-in stand-in");

  const ports = wantedPorts();
  const first = ports.map((port, index) => ({ number: index + 1, name: `couchdb${index + 1}@127.0.0.1`, port }));
  const cluster: Cluster = known ?? { kind, nodes: first };
  try {
    return await startMissing(cluster, kind === "couchdb" ? installation : undefined, state, say);
  } catch (error) {
    // These nodes hold nothing yet, so the stand-in can replace them.
    if (known || kind !== "couchdb") throw error;
    say(`couchdb does not start as needed here (${error instanceof Error ? error.message : error})`);
    say("using the built-in stand-in instead");
    await stopNodes(state);
    return await startMissing({ kind: "stand-in", nodes: first }, undefined, state, say);
  }
}

async function startMissing(
  cluster: Cluster,
  installation: Installation | undefined,
  state: State,
  say: Say,
): Promise<{ nodes: ClusterNode[]; started: boolean }> {
  const running = await Promise.all(cluster.nodes.map((node) => isRunning(node, state)));
  const missing = cluster.nodes.filter((_, index) => !running[index]);
  const taken = cluster.nodes.filter((_, index) => running[index]).map((node) => node.port);
  for (const node of missing) {
    node.port = await freePort(node.port, say, taken);
    taken.push(node.port);
  }
  const epmdPort = installation && (await startEpmd(cluster, installation, state, say));
  await writeCluster(state, cluster);
  await Promise.all(
    missing.map(async (node) => {
      const command = installation
        ? await prepareCouchDb(installation, node, epmdPort!, state)
        : {
            command: [process.execPath, join(__dirname, "stand-in.js"), state.folder, String(node.number)],
            env: process.env,
          };
      await startNode(node, command, state);
    }),
  );
  await Promise.all(cluster.nodes.map((node) => answers(node, cluster.kind, state)));
  for (const node of cluster.nodes)
    say(`${node.name} ${missing.includes(node) ? "started" : "runs already"}: ${urlOf(node)}`);
  return { nodes: cluster.nodes, started: missing.length > 0 };
}

/** Whether every node that was ever started still runs. */
export async function allRun(state: State): Promise<boolean> {
  const cluster = await readCluster(state);
  if (!cluster) return false;
  return (await Promise.all(cluster.nodes.map((node) => isRunning(node, state)))).every(Boolean);
}

/** Ends the nodes' processes. Returns their number. */
export async function stopNodes(state: State): Promise<number> {
  const cluster = await readCluster(state);
  if (!cluster) return 0;
  const ended = await Promise.all(cluster.nodes.map((node) => endProcess(pidFile(node, state), state.folder)));
  if (cluster.epmdPort) await endProcess(state.path("epmd.pid"), `-port ${cluster.epmdPort}`);
  return ended.filter(Boolean).length;
}

async function isRunning(node: ClusterNode, state: State): Promise<boolean> {
  return (await runningProcess(pidFile(node, state), state.folder)) !== undefined;
}

async function startNode(node: ClusterNode, { command, env }: NodeCommand, state: State): Promise<void> {
  await mkdir(state.path("nodes", String(node.number), "data"), { recursive: true });
  startInBackground(pidFile(node, state), command, env, logFile(node, state));
}

/** Nodes of CouchDB find each other through a name service. Only these nodes use this one. */
async function startEpmd(cluster: Cluster, { epmd }: Installation, state: State, say: Say): Promise<number> {
  const file = state.path("epmd.pid");
  if (cluster.epmdPort && (await runningProcess(file, `-port ${cluster.epmdPort}`))) return cluster.epmdPort;
  cluster.epmdPort = await freePort(
    cluster.epmdPort ?? 14369,
    say,
    cluster.nodes.map((node) => node.port),
  );
  await writeCluster(state, cluster);
  const command = [epmd, "-port", String(cluster.epmdPort), "-address", "127.0.0.1"];
  startInBackground(file, command, process.env, state.path("epmd.log"));
  await listening(cluster.epmdPort);
  return cluster.epmdPort;
}

function startInBackground(pidFile: string, command: string[], env: NodeJS.ProcessEnv, log: string): void {
  const output = openSync(log, "a");
  // In a session of its own, Ctrl-C in the terminal does not reach it.
  spawnWithPidFile(pidFile, command, { env, detached: true, stdio: ["ignore", output, output] }).unref();
  closeSync(output);
}

/** Waits until a node answers its administrator under its own name. */
async function answers(node: ClusterNode, kind: Kind, state: State): Promise<void> {
  const password = await state.secret(secretFiles.adminPassword);
  const client = new CouchDbClient(urlOf(node), { adminUser: adminUser, adminPassword: password });
  const end = performance.now() + START_TIMEOUT_MS[kind];
  for (let seen = false; ; await sleep(100)) {
    const { name } = await client
      .request<{ name?: string }>({ path: "_node/_local", timeout: 5_000 })
      .catch(() => ({ name: "" }));
    if (name === node.name) return;
    const running = await isRunning(node, state);
    seen ||= running;
    if ((seen && !running) || performance.now() > end) throw await didNotStart(node, state);
  }
}

async function didNotStart(node: ClusterNode, state: State): Promise<Error> {
  const log = await readFile(logFile(node, state), "utf8").catch(() => "");
  const lines = log.trimEnd().split("\n").slice(-10).join("\n");
  return new Error(`${node.name} does not answer at ${urlOf(node)}. The last lines of its log:\n${lines}`);
}

function pidFile(node: ClusterNode, state: State): string {
  return state.path("nodes", String(node.number), "pid");
}

function logFile(node: ClusterNode, state: State): string {
  return state.path("nodes", String(node.number), "log");
}
