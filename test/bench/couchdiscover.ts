/** The join as couchdiscover does it: a sidecar beside each node, which knows its ordinal and polls. */
import { setTimeout as sleep } from "node:timers/promises";
import type { FreshNode } from "../nodes";
import { enabling } from "./floor";
import { send, setupState } from "./nodes";

const pollInterval = 5_000;

/** Lets the sidecar of each node do its work, in the order of their ordinals. */
export async function joinBySidecars(nodes: readonly FreshNode[]): Promise<void> {
  for (const ordinal of nodes.keys()) await runSidecar(nodes, ordinal);
}

/** A node as its sidecar knows it. */
export type KnownNode = Omit<FreshNode, "adminUrl">;

/** What the sidecar of one node does. */
export async function runSidecar(nodes: readonly KnownNode[], ordinal: number): Promise<void> {
  const [first, local] = [nodes[0]!, nodes[ordinal]!];
  await untilUp(local);
  const state = await setupState(local);
  if (state === "cluster_finished") return;
  if (state === "cluster_disabled") {
    const { adminUser: username, adminPassword: password } = local;
    await send(local, "POST", "_cluster_setup", { ...enabling(local, nodes.length), username, password });
  }
  if (ordinal === 0) return;

  await untilUp(first);
  while ((await setupState(first)) !== "cluster_enabled") await sleep(pollInterval);
  await send(first, "POST", "_cluster_setup", adding(local));
  if (ordinal === nodes.length - 1) await send(first, "POST", "_cluster_setup", { action: "finish_cluster" });
}

async function untilUp(node: KnownNode): Promise<void> {
  while (!(await fetch(`${node.url}/_up`).catch(() => undefined))) await sleep(pollInterval);
}

function adding({ name, url, adminUser: user, adminPassword: password }: KnownNode) {
  const [shortName, host] = name.split("@");
  return { action: "add_node", name: shortName, host, port: Number(new URL(url).port), username: user, password };
}
