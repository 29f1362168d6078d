import { chooseCoordinator } from "./coordinator";
import type { Observation } from "./observation";
import { assertCanJoin, type Desired, PlanRejected } from "./rejections";
import { awaiting, type Gap, membershipGaps, type Step } from "./step";

/**
 * The plan while other declared nodes are absent: if there is a finished cluster among those that are there, empty nodes
 * that can be members at once are added, and waited for until they are connected. A node that is left alone calls itself
 * up, gets its share of the clients' requests, and knows no database. The rest, rejecting included, comes once
 * all nodes are there; what was done before then is as the whole plan wants it.
 *
 * @param missing the nodes that are waited for in any case
 */
export function planPart(nodes: readonly Observation[], missing: readonly Gap[], desired: Desired): Step[] {
  const cluster = finishedCluster(nodes, desired);
  if (!cluster) return awaiting([...missing]);
  const { coordinator, members } = cluster;
  const joining = nodes.filter((node) => !members.includes(node) && isEmpty(node));
  if (joining.length > 0)
    return joining.map(({ url, name }) => ({ kind: "add", coordinator: coordinator.url, url, name }));
  const names = members.map(({ name }) => name);
  const gaps = members.flatMap((observer) => membershipGaps(observer, names));
  return awaiting([...gaps.filter(({ problem }) => problem !== "not yet removed"), ...missing]);
}

interface Cluster {
  coordinator: Observation;
  members: Observation[];
}

/** The one finished cluster among these nodes, if there is one that is to be joined. */
function finishedCluster(nodes: readonly Observation[], desired: Desired): Cluster | undefined {
  if (!canJoin(nodes, desired)) return undefined;
  const coordinator = chooseCoordinator(nodes);
  const { formerMembers } = desired;
  const isTheCluster = formerMembers.length === 0 || formerMembers.includes(coordinator.name);
  if (coordinator.setup !== "cluster_finished" || !isTheCluster) return undefined;
  return { coordinator, members: nodes.filter(({ name }) => coordinator.members.includes(name)) };
}

function isEmpty({ name, setup, databases, members }: Observation): boolean {
  return setup === "cluster_enabled" && databases.length === 0 && members.every((member) => member === name);
}

function canJoin(nodes: readonly Observation[], desired: Desired): boolean {
  try {
    assertCanJoin(nodes, desired);
    return true;
  } catch (error) {
    if (error instanceof PlanRejected) return false;
    throw error;
  }
}
