/** How long fresh nodes take to become a finished cluster, by three ways. */
import { membershipHandler } from "../../components/couchdb/membership/handler";
import { eventually } from "../eventually";
import type { FreshNode } from "../nodes";
import { joinBySidecars } from "./couchdiscover";
import { joinByUrls, joinKnown } from "./floor";
import { compare, timed, type Way } from "./measure";
import { type NodeKind, nodeKinds, setupState, startNodes } from "./nodes";
import { type Result, seconds } from "./table";

const sizes = [3, 10];

/** Measures joins of both sizes and of all kinds of nodes. */
export async function benchJoin(repetitions: number): Promise<Result[]> {
  const results: Result[] = [];
  for (const kind of await nodeKinds())
    for (const size of sizes) results.push(...(await benchOne(kind, size, repetitions)));
  return results;
}

async function benchOne(kind: NodeKind, size: number, repetitions: number): Promise<Result[]> {
  const ways = {
    membership: onFreshNodes(kind, size, joinByMembership),
    bare: onFreshNodes(kind, size, joinByUrls),
    known: onFreshNodes(kind, size, (nodes) => joinKnown(nodes, kind.state)),
    sidecars: onFreshNodes(kind, size, joinBySidecars),
  };
  const { membership, bare, known, sidecars } = await compare(ways, repetitions);
  const row = { what: `join ${size} nodes, ${kind.state}`, median: seconds(membership) };
  // Targets hold for ten nodes: with three, what is done once outweighs what is done for each. A sidecar has nothing to
  // poll for where nodes are enabled from the start, so there is no more to be gained on it than on bare requests.
  const targets = size === 10 ? { bare: 2, sidecars: kind.state === "cluster_disabled" ? 1 / 5 : undefined } : {};
  return [
    { ...row, against: `bare requests ${seconds(bare)}`, ratio: membership / bare, limit: targets.bare },
    { ...row, against: `the same, all known before ${seconds(known)}`, ratio: membership / known },
    {
      ...row,
      against: `couchdiscover's way ${seconds(sidecars)}`,
      ratio: membership / sidecars,
      limit: targets.sidecars,
    },
  ];
}

/** Times one way on nodes of its own, and sees to it that it did the work. */
function onFreshNodes(kind: NodeKind, size: number, way: (nodes: FreshNode[]) => Promise<void>): Way {
  return async () => {
    const { nodes, stop } = await startNodes(kind, size);
    try {
      const time = await timed(() => way(nodes));
      await Promise.all(nodes.map(provenFinished));
      return time;
    } finally {
      await stop();
    }
  };
}

async function provenFinished(node: FreshNode): Promise<void> {
  const finished = async () => (await setupState(node)) === "cluster_finished";
  await eventually(`${node.name} is in a finished cluster`, finished);
}

async function joinByMembership(nodes: FreshNode[]): Promise<void> {
  const { adminUser: user, adminPassword: password } = nodes[0]!;
  const urls = nodes.map(({ url }) => ({ url }));
  await silently(() => membershipHandler.create({ nodes: urls, adminUser: user, adminPassword: password }));
}

/** Keeps progress lines out of the table. */
async function silently(action: () => Promise<unknown>): Promise<void> {
  const { write } = process.stdout;
  process.stdout.write = () => true;
  try {
    await action();
  } finally {
    process.stdout.write = write;
  }
}
