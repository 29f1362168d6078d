import { isFinished } from "../../join/observation";
import { membershipGaps } from "../../join/plan";
import type { Observed, View } from "./node-observer";

/** What one round has found. */
export interface Round {
  /** This pod's ordinal. */
  ordinal: number;
  /** Those whose nodes shall be members, ascending. */
  ordinals: readonly number[];
  /** Those whose pods exist, where that is known. */
  present?: readonly number[];
  /** Whether Kubernetes makes a pod only when those before it are ready. */
  oneByOne: boolean;
  /** This pod's node first; the others as far as they were looked at. */
  observed: readonly Observed[];
  /** Members that are left alone, as they can't be removed. */
  tolerated: readonly string[];
  /** Members that shall be struck off. */
  removable: readonly string[];
}

/** What follows from a round. */
export interface Decision {
  /** Whether the pod may take requests. */
  ready: boolean;
  /** Whether its node is a member of a finished cluster. Ready may be one that is none, for the next pod to be made. */
  member: boolean;
  /** How things stand, in words. */
  state: string;
  /** What to do: nothing; wait for what `state` says; have all nodes joined; or those that are there, to the cluster. */
  task: "idle" | "wait" | "join" | "joinThoseThere";
}

/** The pod whose program acts: two that finish a cluster at once could make its system databases twice. */
export function isLeader({ ordinal, ordinals }: Pick<Round, "ordinal" | "ordinals">): boolean {
  return ordinal === ordinals[0];
}

/** Decides what is to be done. Pure. */
export function decide(round: Round, wasMember: boolean): Decision {
  const { ordinals, ordinal, observed } = round;
  if (!ordinals.includes(ordinal))
    return {
      ready: false,
      member: false,
      state: `pod ${ordinal} is none of the ${ordinals.length} that make the cluster`,
      task: "wait",
    };
  const own = observed[0];
  // While a password is rotated, the node may know the new one before this program does: it serves all the same.
  const member = own?.view ? isMember(round, own.view, wasMember) : wasMember && own?.refused === true;
  return { ready: member || (own?.view !== undefined && isNext(round)), member, ...whatToDo(round, member) };
}

/**
 * Whether a node is a member of a finished cluster, as every reachable member sees it. Once so, its own word is enough.
 * A node that has lost its disk is taken for a member by the others before it knows them, and may call itself finished.
 */
function isMember({ observed }: Round, own: View, wasMember: boolean): boolean {
  if (!isFinished(own)) return false;
  if (wasMember) return true;
  return observed.slice(1).every(({ view: other }) => {
    if (!other) return true;
    const listed = own.members.includes(other.name);
    const listing = other.members.includes(own.name);
    return listed ? listing : !(listing && isFinished(other));
  });
}

/** Whether this pod must be ready for Kubernetes to make those after it, without which there is nothing to join. */
function isNext({ oneByOne, present, ordinals, ordinal }: Round): boolean {
  return oneByOne && present !== undefined && ordinals.some((other) => other > ordinal && !present.includes(other));
}

function whatToDo(round: Round, member: boolean): Pick<Decision, "state" | "task"> {
  const { ordinals, observed, present, tolerated, removable } = round;
  const refused = observed.find((node) => !node.view && node.refused);
  if (refused && !refused.view) return { state: `${refused.trouble}. Waiting for other credentials`, task: "wait" };

  if (!isLeader(round))
    return member
      ? { state: "this node is a member of a finished cluster", task: "idle" }
      : { state: `${describeOwn(observed[0])}; pod ${ordinals[0]} joins the nodes`, task: "wait" };

  const absent = ordinals.filter((ordinal) => present && !present.includes(ordinal));
  const troubles = observed.flatMap((node) => (node.view ? [] : [node.trouble]));
  if (troubles.length > 0 || absent.length > 0) {
    const pods = absent.length > 0 ? [`waiting for the pods ${absent.join(", ")}`] : [];
    const state = [...pods, ...troubles.slice(0, 3)].join("; ");
    return { state, task: canJoinBefore(observed) ? "joinThoseThere" : "wait" };
  }

  const views = observed.flatMap(({ view }) => (view ? [view] : []));
  const names = views.map(({ name }) => name);
  const gaps = views.flatMap((view) => membershipGaps(view, [...names]));
  const left = gaps.filter(({ name }) => !tolerated.includes(name));
  const unfinished = views.filter((view) => !isFinished(view));
  if (left.length > 0 || unfinished.length > 0 || removable.length > 0)
    return { state: `${views.length} nodes are to be joined`, task: "join" };
  return { state: `all ${views.length} nodes are one finished cluster`, task: "idle" };
}

/** Whether there is a finished cluster, and a new node beside it that does not have to wait for the others. */
function canJoinBefore(observed: readonly Observed[]): boolean {
  const views = observed.flatMap(({ view }) => (view ? [view] : []));
  const listed = views.filter(({ setup }) => setup === "cluster_finished").flatMap(({ members }) => members);
  const isNew = ({ name, setup, members }: View) =>
    setup === "cluster_enabled" && members.every((member) => member === name) && !listed.includes(name);
  return listed.length > 0 && views.some(isNew);
}

function describeOwn(own: Observed | undefined): string {
  if (!own) return "this node was not looked at";
  return own.view ? `this node says ${own.view.setup}` : own.trouble;
}
