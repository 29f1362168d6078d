import { chooseCoordinator } from "./coordinator";
import { isFinished, type NodeState, type Observation, seenOf } from "./observation";
import { planPart } from "./plan-part";
import { assertCanJoin, assertCanLeave, type Desired, PlanRejected } from "./rejections";
import { awaiting, type Gap, membershipGaps, type Step, withoutTolerated } from "./step";

/**
 * Decides what is left to do until the declared nodes, and no others, are one finished cluster. An empty plan: it is
 * done, on every node's own word. Pure: what was done before does not matter, only what is, so the work resumes after
 * any interruption.
 *
 * Stages, each complete before the next: enable, remove, add, await, finish. `finish` comes when all nodes are
 * connected, because the databases it makes get copies only on the members of that moment, for good.
 *
 * While a node is absent, or about to be replaced, only what can't wait is done ({@link planPart}), nothing is rejected,
 * and the plan is never empty.
 *
 * @throws {PlanRejected} where going on would lose data or can't succeed; nothing has been changed then
 */
export function plan(nodes: readonly NodeState[], desired: Desired): Step[] {
  const seen = withoutTolerated(seenOf(nodes), desired);
  const missing = nodes.flatMap(({ url, seen, awaited }): Gap[] => {
    if (awaited === undefined) return [];
    const name = seen?.name ?? new URL(url).host;
    return [{ observer: name, name, problem: seen ? "about to be replaced" : "absent" }];
  });
  return missing.length > 0 ? planPart(seen, missing, desired) : planWhole(seen, desired);
}

/** The same for whoever goes on where there is no plan: returns why. */
export function planOrRejection(nodes: readonly NodeState[], desired: Desired): Step[] | PlanRejected {
  try {
    return plan(nodes, desired);
  } catch (error) {
    if (error instanceof PlanRejected) return error;
    throw error;
  }
}

function planWhole(nodes: readonly Observation[], desired: Desired): Step[] {
  assertCanJoin(nodes, desired);
  const coordinator = chooseCoordinator(nodes);
  const declared = nodes.map((node) => node.name);
  assertCanLeave(nodes, desired, coordinator);

  const stages: Step[][] = [
    nodes.filter((node) => node.setup === "cluster_disabled").map(({ url, name }) => ({ kind: "enable", url, name })),
    nodes
      .filter((node) => nodes.length > 1 && node.setup === "single_node_enabled")
      .map(({ url, name }) => ({ kind: "leaveSingleNodeMode", url, name })),
    coordinator.members
      .filter((name) => !declared.includes(name))
      .map((name) => ({ kind: "remove", coordinator: coordinator.url, name })),
    nodes
      .filter((node) => !coordinator.members.includes(node.name))
      .map(({ url, name }) => ({ kind: "add", coordinator: coordinator.url, url, name })),
    awaiting(nodes.flatMap((observer) => membershipGaps(observer, declared))),
    isFinished(coordinator) && nodes.every((node) => node.uuid === coordinator.uuid)
      ? []
      : [{ kind: "finish", coordinator: coordinator.url }],
    awaiting(
      nodes
        .filter((node) => !isFinished(node))
        .map(({ name }) => ({ observer: name, name, problem: "unfinished" as const })),
    ),
  ];
  return stages.find((steps) => steps.length > 0) ?? [];
}
