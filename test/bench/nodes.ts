/** Fresh nodes for one run of a join. */
import { join } from "node:path";
import { type FreshNode, type FreshNodes, freshNodesCommand, nodesOfCommand } from "../nodes";

/** How fresh nodes are set up. */
export interface NodeKind {
  /** What they say of themselves: `cluster_disabled` after a plain start, `cluster_enabled` as the Docker image starts. */
  state: string;
  /** Arguments of the double. */
  options: string;
}

const double = join(__dirname, "../doubles/couchdb/main.js");

/** The available kinds: both of the double, or what the command of `COUCHDB_FRESH_NODES` makes. */
export async function nodeKinds(): Promise<NodeKind[]> {
  if (freshNodesCommand() === undefined)
    return [
      { state: "cluster_disabled", options: "" },
      { state: "cluster_enabled", options: "--docker" },
    ];
  const { nodes, stop } = await startNodes({ state: "", options: "" }, 1);
  try {
    return [{ state: await setupState(nodes[0]!), options: "" }];
  } finally {
    await stop();
  }
}

/**
 * Starts nodes outside of this process, whose work is measured. The double's nodes share one process: they hash
 * passwords in threads of their own, and ten processes on a few processors would measure the scheduler. They have not
 * checked the password yet; real nodes have, as their names must be asked for.
 */
export function startNodes(kind: NodeKind, count: number): Promise<FreshNodes> {
  const command = freshNodesCommand();
  if (command !== undefined) return nodesOfCommand(command, count);
  const names = Array.from({ length: count }, (_, index) => `node${index + 1}@127.0.0.1`);
  return nodesOfCommand(`'${process.execPath}' '${double}' ${kind.options}`, count, names);
}

/** What it takes to send a node requests. */
type Login = Pick<FreshNode, "url" | "adminUser" | "adminPassword">;

/** One request, sent bare. Throws if it is refused. */
export async function send<T>(node: Login, method: string, path: string, body?: unknown): Promise<T> {
  const credentials = Buffer.from(`${node.adminUser}:${node.adminPassword}`).toString("base64");
  const answer = await fetch(`${node.url}/${path}`, {
    method,
    headers: { authorization: `Basic ${credentials}`, "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} /${path} answered ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** How far a node says that it is. */
export async function setupState(node: Login): Promise<string> {
  return (await send<{ state: string }>(node, "GET", "_cluster_setup")).state;
}
