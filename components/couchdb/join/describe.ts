import type { Observation } from "./observation";
import { type Gap, membershipGaps, type Step } from "./plan";

/**
 * One line on how far the work is and what comes next, for the display of `pulumi up`.
 *
 * @param all how many nodes there are, where some were not seen
 */
export function describe(steps: readonly Step[], nodes: readonly Observation[], all = nodes.length): string {
  const declared = nodes.map((node) => node.name);
  const joined = nodes.filter((node) => membershipGaps(node, declared).length === 0);
  const count = `${joined.length}/${all} nodes joined`;
  const brief = briefly(declared);
  const names = steps.flatMap((step) => ("name" in step ? [brief(step.name)] : [])).join(", ");
  switch (steps[0]?.kind) {
    case "enable":
      return `enabling ${names}`;
    case "leaveSingleNodeMode":
      return `preparing ${names} for more than one node`;
    case "add":
      return `${count}, adding ${names}`;
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

/** Nodes called by the first part of their host's name, as pods are, where these differ. */
function briefly(declared: readonly string[]): (name: string) => string {
  const brief = (name: string) => name.replace(/^[^@]*@([^.]*[a-z][^.]*)\..*$/i, "$1");
  const distinct = new Set(declared.map(brief)).size === declared.length;
  return distinct ? brief : (name) => name;
}

function gapsOf(steps: readonly Step[]): Gap[] {
  return steps.flatMap((step) => (step.kind === "await" ? step.gaps : []));
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
  }
}

/** Why the time was not enough, from the steps that were left. */
export function stillMissing(
  nodes: readonly Observation[],
  steps: readonly Step[],
  trouble: Error | undefined,
  seconds: number,
): Error {
  const disconnected = disconnectedIn(steps);
  const gaps = gapsOf(steps);
  const left =
    disconnected.length > 0
      ? whyNotConnected(disconnected, nodes)
      : gaps.length > 0
        ? gaps.slice(0, 5).map(describeGap).join("; ")
        : describe(steps, nodes);
  const last = trouble ? `; last trouble: ${trouble.message}` : "";
  const unfinished = steps[0]?.kind === "finish" || gaps.some((gap) => gap.problem === "unfinished");
  const hint = unfinished
    ? "; as long as all nodes are in maintenance mode ([couchdb] maintenance_mode) it can't be"
    : "";
  return new Error(`the cluster is not complete after ${seconds} s: ${left}${hint}${last}`);
}

/**
 * How long a recorded member may stay unconnected. Nodes connect within a second, but one that was missed, or came
 * back, is tried again only in the next round of `[cluster] reconnect_interval_sec`: 37 s ± 25 %.
 */
const patienceSeconds = 60;

/** Recognises that nodes are never going to connect, long before an operation's deadline. */
export class ConnectionPatience {
  private since: number | undefined;

  /** Throws if members have now been unconnected for too long. */
  check(nodes: readonly Observation[], steps: readonly Step[]): void {
    const disconnected = disconnectedIn(steps);
    if (disconnected.length === 0) {
      this.since = undefined;
      return;
    }
    this.since ??= performance.now();
    if (performance.now() - this.since < patienceSeconds * 1000) return;
    throw new Error(whyNotConnected(disconnected, nodes));
  }
}

function disconnectedIn(steps: readonly Step[]): string[] {
  const disconnected = gapsOf(steps).filter((gap) => gap.problem === "disconnected");
  return [...new Set(disconnected.map((gap) => gap.name))];
}

function whyNotConnected(disconnected: readonly string[], nodes: readonly Observation[]): string {
  // Where one node sees nobody and nobody sees it, that one is the odd one out.
  const isolated = nodes.filter((node) => node.connected.length <= 1).map((node) => node.name);
  const culprits = isolated.length > 0 && isolated.length < nodes.length ? isolated : disconnected;
  return (
    `${culprits.join(", ")}: answers over HTTP, but no Erlang connection to the other members comes about. Either ` +
    "the Erlang cookies differ (COUCHDB_ERLANG_COOKIE, or -setcookie in vm.args; needs a restart), or the name's " +
    "host part does not resolve on the other nodes, or ports 4369 and 9100 are closed between them"
  );
}
