/**
 * Works on all items in their order, on so many at once, and ends when all are done. Of those in `oneByOne` never two are
 * worked on at once: one worker begins with them, and then helps with the others.
 */
export async function sideBySide<T>(
  items: readonly T[],
  oneByOne: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const queue = [...items];
  const worker = async (own: readonly T[] = []) => {
    for (const item of own) await work(item);
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  const others = Array.from({ length: atOnce - 1 }, () => worker());
  await Promise.all([worker(oneByOne), ...others]);
}
