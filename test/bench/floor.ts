/** The least that a join takes: its requests, one after the other, without a look at what came of them. */
import type { FreshNode } from "../nodes";
import { send, setupState } from "./nodes";

/** What CouchDB must be sent when a node is enabled that has an administrator. */
export function enabling({ url }: Pick<FreshNode, "url">, count: number) {
  return { action: "enable_cluster", bind_address: "0.0.0.0", port: Number(new URL(url).port), node_count: count };
}

/** Joins fresh nodes of which no more is known than their URLs, as by `CouchDbMembership`. */
export async function joinByUrls(nodes: readonly FreshNode[]): Promise<void> {
  const [first, ...others] = nodes as [FreshNode, ...FreshNode[]];
  for (const node of nodes) if ((await setupState(node)) === "cluster_disabled") await enable(node, nodes.length);
  for (const other of others) {
    const { name } = await send<{ name: string }>(other, "GET", "_node/_local");
    await add(first, name);
  }
  await finish(first);
}

/** Joins fresh nodes of which all is known beforehand. */
export async function joinKnown(nodes: readonly FreshNode[], state: string): Promise<void> {
  const [first, ...others] = nodes as [FreshNode, ...FreshNode[]];
  if (state === "cluster_disabled") for (const node of nodes) await enable(node, nodes.length);
  for (const { name } of others) await add(first, name);
  await finish(first);
}

async function enable(node: FreshNode, count: number): Promise<void> {
  await send(node, "POST", "_cluster_setup", enabling(node, count));
}

async function add(first: FreshNode, name: string): Promise<void> {
  await send(first, "PUT", `_node/_local/_nodes/${encodeURIComponent(name)}`, {});
}

async function finish(first: FreshNode): Promise<void> {
  await send(first, "POST", "_cluster_setup", {
    action: "finish_cluster",
    ensure_dbs_exist: ["_users", "_replicator"],
  });
}
