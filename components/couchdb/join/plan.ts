import { chooseCoordinator } from "./coordinator";
import { isFinished, type Observation } from "./observation";
import { assertCanJoin, assertCanLeave, type Desired, PlanRejected } from "./rejections";

/** One thing to do. The steps of one plan can be done side by side; after them the nodes are observed anew. */
export type Step =
  /** Open a node that listens on localhost only. */
  | { kind: "enable"; url: string; name: string }
  /** Let a node that was set up alone make databases with the usual number of copies. */
  | { kind: "leaveSingleNodeMode"; url: string; name: string }
  /** Strike a member that holds no shard off the record. */
  | { kind: "remove"; coordinator: string; name: string }
  /** Record a node as a member on the coordinator, which connects to it and tells the others. */
  | { kind: "add"; coordinator: string; url: string; name: string }
  /** Nothing to do but to wait until the nodes have heard of each other. */
  | { kind: "await"; gaps: Gap[] }
  /** Make the system databases on all members, and give each the coordinator's admins, cookie secret and uuid. */
  | { kind: "finish"; coordinator: string };

/** In what one node's view still differs from the declaration. */
export interface Gap {
  observer: string;
  /** The node it sees wrongly; itself for `unfinished`. */
  name: string;
  /** `disconnected`: known as a member, but no Erlang connection stands. */
  problem: "unknown" | "disconnected" | "not yet removed" | "unfinished" | "not yet enabled";
}

/**
 * Decides what is left to do until the observed nodes, and no others, are one finished cluster. An empty plan: it
 * is done, on every node's own word. Pure: what was done before does not matter, only what is, so the work
 * resumes after any interruption.
 *
 * Stages, each complete before the next: enable, remove, add, await, finish. `finish` comes when all nodes are
 * connected, because the databases it makes get copies only on the members of that moment, for good.
 *
 * @throws {PlanRejected} where going on would lose data or can't succeed; nothing has been changed then
 */
export function plan(nodes: readonly Observation[], desired: Desired): Step[] {
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

/**
 * Decides what is left to do while other declared nodes don't answer yet: if there is a finished cluster among those
 * that do, empty nodes that can be members at once are recorded as such, and waited for until they are connected. All
 * else, refusing included, comes when all nodes are there; what was done before then is as the whole plan wants it. Pure.
 */
export function planMeanwhile(nodes: readonly Observation[], desired: Desired): Step[] {
  if (!canJoin(nodes, desired)) return [];
  const coordinator = chooseCoordinator(nodes);
  const { formerMembers } = desired;
  const isTheCluster = formerMembers.length === 0 || formerMembers.includes(coordinator.name);
  if (coordinator.setup !== "cluster_finished" || !isTheCluster) return [];
  const isMember = ({ name }: Observation) => coordinator.members.includes(name);
  const isEmpty = ({ name, setup, databases, members }: Observation) =>
    setup === "cluster_enabled" && databases.length === 0 && members.every((member) => member === name);
  const joining = nodes.filter((node) => !isMember(node) && isEmpty(node));
  if (joining.length > 0)
    return joining.map(({ url, name }) => ({ kind: "add", coordinator: coordinator.url, url, name }));
  const members = nodes.filter(isMember);
  const names = members.map(({ name }) => name);
  const gaps = members.flatMap((observer) => membershipGaps(observer, names));
  return awaiting(gaps.filter(({ problem }) => problem !== "not yet removed"));
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

/** In what a node's view of the membership differs from the declared names. */
export function membershipGaps(
  observer: Pick<Observation, "name" | "members" | "connected">,
  declared: readonly string[],
): Gap[] {
  const gap = (name: string, problem: Gap["problem"]): Gap => ({ observer: observer.name, name, problem });
  return [
    ...declared.filter((name) => !observer.members.includes(name)).map((name) => gap(name, "unknown")),
    ...declared
      .filter((name) => observer.members.includes(name) && !observer.connected.includes(name))
      .map((name) => gap(name, "disconnected")),
    ...observer.members.filter((name) => !declared.includes(name)).map((name) => gap(name, "not yet removed")),
  ];
}

/** The steps of a plan, for one who leaves them to others: what to wait for. */
export function leftToOthers(steps: readonly Step[], nodes: readonly Observation[]): Step {
  return { kind: "await", gaps: steps.flatMap((step) => gapsBefore(step, nodes)) };
}

function gapsBefore(step: Step, nodes: readonly Observation[]): Gap[] {
  const nameOf = (url: string) => nodes.find((node) => node.url === url)?.name ?? url;
  switch (step.kind) {
    case "await":
      return step.gaps;
    case "enable":
    case "leaveSingleNodeMode":
      return [{ observer: step.name, name: step.name, problem: "not yet enabled" }];
    case "add":
      return [{ observer: nameOf(step.coordinator), name: step.name, problem: "unknown" }];
    case "remove":
      return [{ observer: nameOf(step.coordinator), name: step.name, problem: "not yet removed" }];
    case "finish":
      return nodes.map(({ name }) => ({ observer: name, name, problem: "unfinished" }));
  }
}

function awaiting(gaps: Gap[]): Step[] {
  return gaps.length > 0 ? [{ kind: "await", gaps }] : [];
}
