/** Times, and what to make of several of them. */

/** One way of doing what is compared: returns the milliseconds that it took. */
export type Way = () => Promise<number>;

/** Milliseconds that an action takes. */
export async function timed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

/** The medians of all ways, each measured `repetitions` times, in turn: what slows the machine down slows them all. */
export async function compare<Name extends string>(
  ways: Record<Name, Way>,
  repetitions: number,
): Promise<Record<Name, number>> {
  const names = Object.keys(ways) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let repetition = 0; repetition < repetitions; repetition++)
    for (const name of names) times[name].push(await ways[name]());
  return Object.fromEntries(names.map((name) => [name, median(times[name])])) as Record<Name, number>;
}

/** The middle one, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle) - 1]!) / 2;
}
