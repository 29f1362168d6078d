import { setTimeout as sleep } from "node:timers/promises";
import type { ReviewRequest, Verdict } from "./admission";
import type { Effect, Fact, Facts, ObjectReference, ReviewSettings } from "./review";
import { review } from "./review";

/** What came of writing: another has written since, or the object is gone. */
export type Written = "written" | "outdated" | "refused";

/** Reads and writes objects; gives up at a point in time, by `performance.now()`. */
export interface Objects {
  read(object: ObjectReference, deadline: number): Promise<Fact>;
  annotate(effect: Effect, deadline: number): Promise<Written>;
}

/** Answers a review: reads what the decision needs, writes what it says, and decides anew if others were faster. */
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

    const trouble = await write(decision.effects, objects, deadline);
    if (trouble === undefined) return decision.response;
    // Those who collide shall not do so again; the more there are, the longer it takes.
    const pause = Math.random() * Math.min(20 * attempt, 200);
    if (trouble.final || performance.now() + pause >= deadline) return trouble.effect.otherwise;
    unmarked = trouble.effect.unmarks;
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
    if (written !== "written") return { effect, final: written === "refused" };
  }
  return undefined;
}
