/** The program as it is shipped, ended by SIGTERM while the API server is slow. */
import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { apiDouble } from "../runtime/api-double";
import { HookProgram } from "./program";

const pod = {
  metadata: {
    uid: "a-pod",
    resourceVersion: "1",
    creationTimestamp: new Date().toISOString(),
    labels: { app: "couchbase" },
    annotations: { "cao.couchbase.com/reschedule": "true" },
  },
};

/** Ends the program once a review is on its way. */
async function end(t: TestContext, answer: RequestListener, timeoutSeconds: number) {
  let asked = () => {};
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const account = await apiDouble(t, (request, response) => {
    asked();
    answer(request, response);
  });
  const hook = await HookProgram.start(t, account, { REQUEST_TIMEOUT_SECONDS: String(timeoutSeconds) });
  const review = hook.review({ namespace: "shop", name: "db-0" });
  await isAsked;
  const [{ status }, code] = await Promise.all([review, hook.stop(25)]);
  return { message: status!.message, code };
}

test("the program answers a slow review before it ends, and ends soon after", async (t) => {
  const slow: RequestListener = (_, response) => void sleep(4_000).then(() => response.end(JSON.stringify(pod)));
  // It would be killed before a review may take no longer.
  const { message, code } = await end(t, slow, 30);
  assert.equal(message, "Pod waiting to be rescheduled");
  assert.equal(code, 0);
});

test("a review that takes too long is answered, too", async (t) => {
  const { message, code } = await end(t, () => {}, 4);
  assert.equal(message, "Failed to get pod");
  assert.equal(code, 0);
});
