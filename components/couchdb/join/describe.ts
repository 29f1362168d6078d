import { type NodeState, type Observation, seenOf } from "./observation";
import type { Desired } from "./rejections";
import { type Gap, gapsOf, membershipGaps, type Step, withoutTolerated } from "./step";

/** One line on how far the work is and what comes next, for the display of `pulumi up`. */
export function describe(steps: readonly Step[], nodes: readonly NodeState[], desired: Desired): string {
  const count = `${joinedOf(nodes, desired)}/${nodes.length} nodes joined`;
  const brief = briefly(nodes.map(({ url, seen }) => seen?.name ?? new URL(url).host));
  const names = steps.flatMap((step) => ("name" in step ? [brief(step.name)] : [])).join(", ");
  const others = nodes.some(({ awaited }) => awaited !== undefined) ? ", while others don't answer yet" : "";
  switch (steps[0]?.kind) {
    case "enable":
      return `enabling ${names}`;
    case "leaveSingleNodeMode":
      return `preparing ${names} for more than one node`;
    case "add":
      return `${count}, adding ${names}${others}`;
    case "remove":
      return `removing ${names}`;
    case "finish":
      return `${count}, finishing the cluster`;
    case "await": {
      const waitedFor = gapsOf(steps).map((gap) => brief(gap.name));
      return `${count}, waiting for ${[...new Set(waitedFor)].join(", ")}`;
    }
    default:
      return count;
  }
}

/** How many nodes list, and are connected to, all that are there. */
function joinedOf(nodes: readonly NodeState[], desired: Desired): number {
  const seen = withoutTolerated(seenOf(nodes), desired);
  const names = seen.map(({ name }) => name);
  const isComplete = seen.length === nodes.length;
  const counts = ({ problem }: Gap) => isComplete || problem !== "not yet removed";
  return seen.filter((node) => !membershipGaps(node, names).some(counts)).length;
}

/** Nodes called by the first part of their host's name, as pods are, where these differ. */
function briefly(declared: readonly string[]): (name: string) => string {
  const brief = (name: string) => name.replace(/^(?:[^@]*@)?([^.@]*[a-z][^.@]*)\..*$/i, "$1");
  const distinct = new Set(declared.map(brief)).size === declared.length;
  return distinct ? brief : (name) => name;
}

/** A gap in words. */
export function describeGap(gap: Gap): string {
  switch (gap.problem) {
    case "unknown":
      return `${gap.observer} has not heard of ${gap.name}`;
    case "disconnected":
      return `${gap.observer} is not connected to ${gap.name}`;
    case "not yet removed":
      return `${gap.observer} still lists ${gap.name}, which is not declared`;
    case "unfinished":
      return `${gap.observer} does not say that the cluster is finished`;
    case "not yet enabled":
      return `${gap.observer} is not prepared for a cluster yet`;
    case "absent":
      return `${gap.name} does not answer`;
    case "about to be replaced":
      return `${gap.name} is about to be replaced`;
  }
}

/** Why the time was not enough, from what was left. */
export function stillMissing(
  nodes: readonly NodeState[],
  steps: readonly Step[],
  desired: Desired,
  last: Error | undefined,
  seconds: number,
): Error {
  const disconnected = disconnectedIn(steps);
  const gaps = gapsOf(steps);
  const left =
    disconnected.length > 0
      ? whyNotConnected(disconnected, seenOf(nodes))
      : gaps.length > 0
        ? gaps.slice(0, 5).map(describeGap).join("; ")
        : describe(steps, nodes, desired);
  const error = last ? `; last error: ${last.message}` : "";
  const unfinished = steps[0]?.kind === "finish" || gaps.some((gap) => gap.problem === "unfinished");
  const hint = unfinished
    ? "; as long as all nodes are in maintenance mode ([couchdb] maintenance_mode) it can't be"
    : "";
  return new Error(`the cluster is not complete after ${seconds} s: ${left}${hint}${error}`);
}

/** The nodes that recorded members are not connected to. */
export function disconnectedIn(steps: readonly Step[]): string[] {
  const disconnected = gapsOf(steps).filter((gap) => gap.problem === "disconnected");
  return [...new Set(disconnected.map((gap) => gap.name))];
}

/** Why nodes that answer don't connect, and what to do. */
export function whyNotConnected(disconnected: readonly string[], nodes: readonly Observation[]): string {
  // If one node sees no other and no other sees it, that one is the isolated one.
  const isolated = nodes.filter((node) => node.connected.length <= 1).map((node) => node.name);
  const culprits = isolated.length > 0 && isolated.length < nodes.length ? isolated : disconnected;
  return (
    `${culprits.join(", ")}: answers over HTTP, but no Erlang connection to the other members comes about. Either ` +
    "the Erlang cookies differ (COUCHDB_ERLANG_COOKIE, or -setcookie in vm.args; needs a restart), or the name's " +
    "host part does not resolve on the other nodes, or ports 4369 and 9100 are closed between them"
  );
}
