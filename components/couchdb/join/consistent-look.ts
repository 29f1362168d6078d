import type { Deadline } from "../../reconcile/deadline";
import type { NodeState } from "./observation";
import { planOrRejection } from "./plan";
import { type Desired, PlanRejected } from "./rejections";

/** Milliseconds in which a state that is rejected may show that it was but a moment's. */
const pauseMilliseconds = 500;

/**
 * Looks until nothing is rejected, or the same twice. Requests to nodes that others join at this moment contradict each
 * other: one that was alone when it was asked for its members, and has the cluster's databases when asked for these,
 * looks like a cluster of its own.
 */
export async function lookUntilConsistent(
  look: () => Promise<NodeState[]>,
  desired: Desired,
  deadline: Deadline,
): Promise<NodeState[]> {
  for (let before: string | undefined; ; ) {
    const states = await look();
    const planned = planOrRejection(states, desired);
    const isFinal = !(planned instanceof PlanRejected) || planned.message === before;
    if (isFinal || deadline.remaining === 0) return states;
    before = planned.message;
    await deadline.pause(pauseMilliseconds);
  }
}
