import { setTimeout as sleep } from "node:timers/promises";

/** How long something is waited for, and how often it is looked for. */
export interface Patience {
  /** Generous by default: machines that run tests are busy. */
  seconds?: number;
  everyMs?: number;
}

/** Answers that say "not yet". */
type NotYet = undefined | null | false | 0 | "";

/** Asks until the answer is truthy, and returns it. What `ask` throws counts as "not yet", and is told in the end. */
export async function eventually<T>(
  what: string,
  ask: () => T | Promise<T>,
  { seconds = 180, everyMs = 100 }: Patience = {},
): Promise<Exclude<T, NotYet>> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    let trouble: unknown;
    try {
      const answer = await ask();
      if (answer) return answer as Exclude<T, NotYet>;
    } catch (error) {
      trouble = error;
    }
    if (performance.now() > end) throw notSo(`${what}: not so within ${seconds} s`, trouble);
    await sleep(everyMs);
  }
}

function notSo(message: string, trouble: unknown): Error {
  if (trouble === undefined) return new Error(message);
  return new Error(`${message}: ${trouble instanceof Error ? trouble.message : trouble}`, { cause: trouble });
}
