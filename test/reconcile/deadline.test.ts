import assert from "node:assert/strict";
import { test } from "node:test";
import { Deadline, DeadlineExceeded } from "../../components/reconcile/deadline";

const always = () => true;

/** An attempt that fails so many times, then gives how often it was called. */
function failing(times: number): () => Promise<number> {
  let calls = 0;
  return async () => {
    if (calls++ < times) throw new Error(`failure ${calls}`);
    return calls;
  };
}

test("an attempt that succeeds is made once", async () => {
  assert.equal(await new Deadline(10).retry(failing(0), always), 1);
});

test("failures are tried again until one attempt succeeds", async () => {
  assert.equal(await new Deadline(10).retry(failing(3), always), 4);
});

test("a permanent error is thrown at once, as it is", async () => {
  await assert.rejects(
    new Deadline(10).retry(failing(9), () => false),
    /^Error: failure 1$/,
  );
});

test("when time is out, the error tells the time and the last failure", async () => {
  await assert.rejects(new Deadline(0.1).retry(failing(1000), always), (error) => {
    assert.ok(error instanceof DeadlineExceeded);
    assert.match(error.message, /^gave up after 0\.1 s: failure \d+$/);
    return true;
  });
});

test("even with no time left one attempt is made", async () => {
  assert.equal(await new Deadline(0).retry(failing(0), always), 1);
});

test("cancelling ends all waiting under the deadline", async () => {
  const deadline = new Deadline(60);
  const waiting = deadline.retry(failing(1000), always);
  deadline.cancel();
  await assert.rejects(waiting, DeadlineExceeded);
  assert.equal(deadline.remaining, 0);
});
