import { setTimeout as sleep } from "node:timers/promises";

/** How long to wait for something, and how often to look. */
export interface Polling {
  /** Generous by default: machines that run tests are busy. */
  seconds?: number;
  everyMs?: number;
}

/** Answers that say "not yet". */
type NotYet = undefined | null | false | 0 | "";

// By the real clock, also where a test has another.
const now = performance.now.bind(performance);

/** Asks until the answer is truthy, and returns it. What `ask` throws counts as "not yet"; the last is reported. */
export async function eventually<T>(
  what: string,
  ask: () => T | Promise<T>,
  { seconds = 180, everyMs = 100 }: Polling = {},
): Promise<Exclude<T, NotYet>> {
  const end = now() + seconds * 1000;
  for (;;) {
    let cause: unknown;
    try {
      const answer = await ask();
      if (answer) return answer as Exclude<T, NotYet>;
    } catch (error) {
      cause = error;
    }
    if (now() > end) throw notSo(`${what}: not so within ${seconds} s`, cause);
    await sleep(everyMs);
  }
}

function notSo(message: string, cause: unknown): Error {
  if (cause === undefined) return new Error(message);
  return new Error(`${message}: ${cause instanceof Error ? cause.message : cause}`, { cause });
}
