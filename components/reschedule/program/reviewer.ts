import { setTimeout as sleep } from "node:timers/promises";
import type { ReviewRequest, Verdict } from "./admission";
import type { Effect, Fact, Facts, ObjectReference, ReviewSettings } from "./review";
import { review } from "./review";

/** The outcome of a write. `outdated`: another review has written since, or the object is gone. */
export type Written = "written" | "outdated" | "rejected";

/** Reads and writes objects, until a deadline by `performance.now()`. */
export interface Objects {
  read(object: ObjectReference, deadline: number): Promise<Fact>;
  annotate(effect: Effect, deadline: number): Promise<Written>;
}

/** Answers a review: reads what the decision needs, writes its effects, and decides again if others were faster. */
export async function carryOut(
  request: ReviewRequest,
  objects: Objects,
  settings: ReviewSettings,
  deadline: number,
): Promise<Verdict> {
  let unmarked: string | undefined;
  for (let attempt = 1; ; attempt++) {
    const facts: Facts = { unmarked };
    let decision = review(request, facts, settings);
    while (decision.read) {
      facts[decision.read] = await objects.read(decision.object, deadline);
      decision = review(request, facts, settings);
    }
    if (request.dryRun || decision.effects.length === 0) return decision.response;

    const failure = await write(decision.effects, objects, deadline);
    if (failure === undefined) return decision.response;
    // Random, so that reviews that collided don't do so again; longer with each attempt, as there may be many.
    const pause = Math.random() * Math.min(20 * attempt, 200);
    if (failure.final || performance.now() + pause >= deadline) return failure.effect.otherwise;
    unmarked = failure.effect.unmarks;
    await sleep(pause);
  }
}

async function write(
  effects: Effect[],
  objects: Objects,
  deadline: number,
): Promise<{ effect: Effect; final: boolean } | undefined> {
  for (const effect of effects) {
    const written = await objects.annotate(effect, deadline);
    if (written !== "written") return { effect, final: written === "rejected" };
  }
  return undefined;
}
