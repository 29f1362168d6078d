import { isFinished, type NodeState, type Observation, seenOf } from "../../join/observation";
import { planOrRejection } from "../../join/plan";
import { PlanRejected } from "../../join/rejections";
import { onlyAwaitsNodes } from "../../join/step";
import type { Observed } from "./node-observer";

/** What one round has found. */
export interface Round {
  /** This pod's ordinal. */
  ordinal: number;
  /** Those whose nodes are to be members, ascending. */
  ordinals: readonly number[];
  /** Those whose pods exist, where that is known. */
  present?: readonly number[];
  /** Whether Kubernetes makes a pod only when those before it are ready. */
  oneByOne: boolean;
  /** This pod's node first; the others as far as they were looked at. */
  observed: readonly Observed[];
  /** Members that are left alone, as they can't be removed. */
  tolerated: readonly string[];
  /** Members whose records are to be removed. */
  removable: readonly string[];
}

/** What follows from a round. */
export interface Decision {
  /** Whether the pod may take requests. */
  ready: boolean;
  /** Whether its node is a member of a finished cluster. Ready may also be one that is not, for the next pod to be made. */
  member: boolean;
  /** The status, in words. */
  state: string;
  /** What to do: nothing; wait for what `state` says; join all nodes; or join those that are there to the cluster. */
  task: "idle" | "wait" | "join" | "partialJoin";
  /** Whether the nodes can't be made one cluster, for the reason that `state` gives. */
  isRejected?: boolean;
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
      state: `pod ${ordinal} is not one of the ${ordinals.length} that make the cluster`,
      task: "wait",
    };
  const own = observed[0];
  // While a password is rotated, the node may know the new one before this program does: it still serves.
  const member = own?.seen ? isMember(round, own.seen, wasMember) : wasMember && own?.isRefusing === true;
  return { ready: member || (own?.seen !== undefined && isNext(round)), member, ...whatToDo(round, member) };
}

/**
 * Whether a node is a member of a finished cluster, as every reachable member sees it. Once so, its own word is enough.
 * A node that has lost its disk is taken for a member by the others before it knows them, and may call itself finished.
 */
function isMember({ observed }: Round, own: Observation, wasMember: boolean): boolean {
  if (!isFinished(own)) return false;
  if (wasMember) return true;
  return observed.slice(1).every(({ seen: other }) => {
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

type WhatToDo = Pick<Decision, "state" | "task" | "isRejected">;

function whatToDo(round: Round, member: boolean): WhatToDo {
  const { ordinals, observed } = round;
  const refusing = observed.find((node) => !node.seen && node.isRefusing);
  if (refusing) return { state: `${refusing.awaited}. Waiting for other credentials`, task: "wait" };

  if (!isLeader(round))
    return member
      ? { state: "this node is a member of a finished cluster", task: "idle" }
      : { state: `${describeOwn(observed[0])}; pod ${ordinals[0]} joins the nodes`, task: "wait" };

  const nodes = ordinals.map((ordinal) => stateOf(ordinal, observed));
  const { removable: formerMembers, tolerated } = round;
  const steps = planOrRejection(nodes, { names: {}, formerMembers, tolerated });
  if (steps instanceof PlanRejected) return { state: steps.message, task: "wait", isRejected: true };
  if (steps.length === 0) return { state: `all ${nodes.length} nodes are one finished cluster`, task: "idle" };
  if (seenOf(nodes).length === nodes.length) return { state: `${nodes.length} nodes are to be joined`, task: "join" };
  return { state: describeAbsent(round), task: onlyAwaitsNodes(steps) ? "wait" : "partialJoin" };
}

function stateOf(ordinal: number, observed: readonly Observed[]): NodeState {
  const found = observed.find((node) => node.ordinal === ordinal);
  return found ?? { url: `http://pod-${ordinal}`, awaited: `pod ${ordinal} was not looked at` };
}

function describeAbsent({ ordinals, present, observed }: Round): string {
  const absent = ordinals.filter((ordinal) => present && !present.includes(ordinal));
  const pods = absent.length > 0 ? [`waiting for the pods ${absent.join(", ")}`] : [];
  const problems = observed.flatMap((node) => (node.seen ? [] : [node.awaited]));
  return [...pods, ...problems.slice(0, 3)].join("; ");
}

function describeOwn(own: Observed | undefined): string {
  if (!own) return "this node was not looked at";
  return own.seen ? `this node says ${own.seen.setup}` : own.awaited;
}
