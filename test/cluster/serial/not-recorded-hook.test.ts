/** As `../not-recorded.test.ts`, for a hook; this one is asked about evictions in all namespaces. */
import { test } from "node:test";
import { isObject, takeOver } from "../forgotten";
import { Hooked } from "../hooked";

test("a hook", async (t) => {
  const hooked = await Hooked.make(t, {});
  if (!hooked) return;
  await takeOver(hooked.stack);
  await hooked.up();
  await hooked.stack.forget(isObject);
  await hooked.up();
  await hooked.settled();
  await hooked.destroy();
});
