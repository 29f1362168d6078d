import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { occupy } from "../ports";
import { assertStarted, assertStopped, Quickstart } from "./quickstart";

/** What a start has shown when it is ended, early and late. */
const moments = {
  "while nodes start": /stand-in|three nodes/,
  "before the first up": /couchdb3@\S+ started/,
  "while the cluster is made": /nodes joined/,
};

// Each has folder and ports of its own, and spends most of its time waiting.
describe("quickstart", { concurrency: 3 }, () => {
  test("stop says that nothing runs", async (t) => {
    const quickstart = await Quickstart.make(t);
    if (!quickstart) return;
    const { status, shown } = await quickstart.stop();
    assert.equal(status, 0);
    assert.match(shown, /nothing runs/);
  });

  test("started again and again", async (t) => {
    const quickstart = await Quickstart.make(t);
    if (!quickstart) return;
    const pids = () => [1, 2, 3].map((number) => quickstart.nodePid(number));
    const killAll = () => pids().forEach((pid) => void process.kill(pid, "SIGKILL"));

    await t.test("a port in use is reported, and another taken", async (t) => {
      const other = await occupy(quickstart.ports[1]!);
      t.after(() => other.close());
      const started = await quickstart.start();
      assertStarted(started);
      assert.match(started.shown, new RegExp(`port ${quickstart.ports[1]} is in use by another program: taking \\d+`));
    });

    await t.test("all is found as it is", async () => {
      const before = pids();
      assertStarted(await quickstart.start());
      assert.deepEqual(pids(), before);
    });

    await t.test("a node that died is started again, and joins", async () => {
      process.kill(quickstart.nodePid(2), "SIGKILL");
      assertStarted(await quickstart.start());
    });

    await t.test("so are all of them", async () => {
      killAll();
      assertStarted(await quickstart.start());
    });

    await t.test("stop removes what is left when the nodes are gone", async () => {
      killAll();
      const stopped = await quickstart.stop();
      assert.match(stopped.shown, /the nodes are gone already/);
      await assertStopped(quickstart, stopped);
    });
  });

  for (const [moment, shown] of Object.entries(moments)) {
    test(`a start that was killed ${moment}, with all it ran, is taken up by the next`, async (t) => {
      const quickstart = await begin(t, shown, "SIGKILL");
      if (!quickstart) return;
      assertStarted(await quickstart.start());
      await assertStopped(quickstart, await quickstart.stop());
    });
  }

  test("a start that was killed while the cluster is made is cleared away by stop", async (t) => {
    const quickstart = await begin(t, /nodes joined/, "SIGKILL");
    if (quickstart) await assertStopped(quickstart, await quickstart.stop());
  });

  test("a start of which only the command was killed is taken up by the next", async (t) => {
    const quickstart = await Quickstart.make(t);
    if (!quickstart) return;
    const child = await quickstart.startUntil(/nodes joined/);
    child.kill("SIGKILL"); // Pulumi goes on without it
    assertStarted(await quickstart.start());
    await assertStopped(quickstart, await quickstart.stop());
  });

  test("a start that was asked to end does so in good order, and is taken up by the next", async (t) => {
    const quickstart = await Quickstart.make(t);
    if (!quickstart) return;
    const child = await quickstart.startUntil(/nodes joined/);
    const status = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGTERM");
    assert.equal(await status, 143);
    assertStarted(await quickstart.start());
    await assertStopped(quickstart, await quickstart.stop());
  });
});

/** Starts until something is shown, then sends a signal to the command and all that it runs, nodes excepted. */
async function begin(t: TestContext, shown: RegExp, signal: NodeJS.Signals): Promise<Quickstart | undefined> {
  const quickstart = await Quickstart.make(t);
  if (!quickstart) return undefined;
  const child = await quickstart.startUntil(shown);
  const closed = new Promise((resolve) => child.once("exit", resolve));
  process.kill(-child.pid!, signal);
  await closed;
  return quickstart;
}
