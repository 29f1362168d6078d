import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { sideBySide } from "./pool";

/** Works on items, and returns the order in which they began, and how many ran at most of all and of the large ones. */
async function worked(items: number[], oneByOne: number[], atOnce: number) {
  const begun: number[] = [];
  const running = new Set<number>();
  let most = 0;
  let mostLarge = 0;
  await sideBySide(items, oneByOne, atOnce, async (item) => {
    begun.push(item);
    running.add(item);
    most = Math.max(most, running.size);
    mostLarge = Math.max(mostLarge, [...running].filter((one) => one > 10).length);
    await turn();
    running.delete(item);
  });
  return { begun, most, mostLarge };
}

test("works on all items in their order, on no more at once than asked", async () => {
  const { begun, most } = await worked([1, 2, 3, 4, 5], [], 2);
  assert.deepEqual(begun, [1, 2, 3, 4, 5]);
  assert.equal(most, 2);
});

test("works on some of them one by one, beside the others", async () => {
  const { begun, most, mostLarge } = await worked([1, 2, 3, 4, 5], [11, 12, 13], 3);
  assert.deepEqual(begun.sort(), [1, 11, 12, 13, 2, 3, 4, 5].sort());
  assert.equal(most, 3);
  assert.equal(mostLarge, 1);
});

test("works on everything one by one where there is only one worker", async () => {
  assert.deepEqual(await worked([1, 2], [11, 12], 1), { begun: [11, 12, 1, 2], most: 1, mostLarge: 1 });
});
