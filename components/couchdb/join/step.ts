import type { Observation } from "./observation";
import type { Desired } from "./rejections";

/** One thing to do. The steps of one plan can be done side by side; after them the nodes are observed again. */
export type Step =
  /** Open a node that listens on localhost only. */
  | { kind: "enable"; url: string; name: string }
  /** Let a node that was set up alone make databases with the usual number of copies. */
  | { kind: "leaveSingleNodeMode"; url: string; name: string }
  /** Remove the record of a member that holds no shard. */
  | { kind: "remove"; coordinator: string; name: string }
  /** Record a node as a member on the coordinator, which connects to it and informs the others. */
  | { kind: "add"; coordinator: string; url: string; name: string }
  /** Nothing to do but to wait until these gaps have closed. */
  | { kind: "await"; gaps: Gap[] }
  /** Make the system databases on all members, and give each the coordinator's admins, cookie secret and uuid. */
  | { kind: "finish"; coordinator: string };

/** In what one node's view still differs from the declaration. */
export interface Gap {
  observer: string;
  /** The node it sees wrongly; itself where no other is concerned. */
  name: string;
  /** `disconnected`: known as a member, but without an Erlang connection. `absent`: the node itself does not answer. */
  problem:
    | "unknown"
    | "disconnected"
    | "not yet removed"
    | "unfinished"
    | "not yet enabled"
    | "absent"
    | "about to be replaced";
}

/** A plan to wait for these gaps; empty if there are none. */
export function awaiting(gaps: Gap[]): Step[] {
  return gaps.length > 0 ? [{ kind: "await", gaps }] : [];
}

/** The gaps that a plan waits for. */
export function gapsOf(steps: readonly Step[]): Gap[] {
  return steps.flatMap((step) => (step.kind === "await" ? step.gaps : []));
}

/** Whether all that is left is to wait for nodes that are absent or about to be replaced. */
export function onlyAwaitsNodes(steps: readonly Step[]): boolean {
  const isForNode = ({ problem }: Gap) => problem === "absent" || problem === "about to be replaced";
  return steps.every((step) => step.kind === "await" && step.gaps.every(isForNode));
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

/** The nodes as they would look without the members that are left as they are. */
export function withoutTolerated(nodes: readonly Observation[], { tolerated = [] }: Desired): Observation[] {
  if (tolerated.length === 0) return [...nodes];
  return nodes.map((node) => ({ ...node, members: node.members.filter((name) => !tolerated.includes(name)) }));
}

/** The steps of a plan, for a run that leaves them to others: what to wait for. */
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
