/** As `not-recorded.test.ts`, for a hook. */
import { test } from "node:test";
import { isObject, takeOver } from "./forgotten";
import { Hooked } from "./hooked";

test("a hook", async (t) => {
  const hooked = await Hooked.make(t, {});
  if (!hooked) return;
  const args = { namespaces: [hooked.namespace] };
  await takeOver(hooked.stack);
  await hooked.up(args);
  await hooked.stack.forget(isObject);
  await hooked.up(args);
  await hooked.settled(args);
  await hooked.destroy();
});
