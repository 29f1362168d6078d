import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, type TestContext, test } from "node:test";
import { type Ended, occupy, processes, Quickstart } from "./quickstart";

function assertStarted({ status, shown }: Ended): void {
  assert.equal(status, 0, shown);
  assert.equal(shown.match(/3 of 3: couchdb1, couchdb2, couchdb3 +cluster_finished/g)?.length, 3, shown);
  assert.match(shown, /written on couchdb1@127\.0\.0\.1, read on couchdb3@127\.0\.0\.1/);
  assert.match(shown, /\$ pulumi up .*--expect-no-changes\n[\s\S]*3 unchanged/);
  assert.match(shown, /Stop +npm stop/);
}

async function assertStopped(quickstart: Quickstart, { status, shown }: Ended): Promise<void> {
  assert.equal(status, 0, shown);
  assert.deepEqual(await quickstart.processes(), []);
  assert.ok(!existsSync(quickstart.folder));
  for (const port of quickstart.ports) (await occupy(port)).close();
}

test("npm start shows a cluster, npm stop leaves nothing", async (t) => {
  const quickstart = await Quickstart.make(t);
  if (!quickstart) return;

  const first = await quickstart.npm("start");
  assertStarted(first);
  assert.match(first.shown, /no couchdb on PATH: using the built-in stand-in|three nodes of \S+couchdb/);
  for (const url of quickstart.urls) {
    const membership: { all_nodes: string[] } = await quickstart.client(url).request({ path: "_membership" });
    assert.equal(membership.all_nodes.length, 3);
  }

  await t.test("no secret is shown, in a command line or environment, or for others to read", async () => {
    const visible = first.shown + (await processes());
    for (const file of ["admin-password", "passphrase", "home/.erlang.cookie"] as const)
      assert.ok(!visible.includes(quickstart.secret(file)), `${file} can be seen`);
    assert.deepEqual(
      quickstart.files().filter(({ mode }) => !mode.endsWith("00")),
      [],
    );
  });

  await t.test("a second start changes nothing", async () => {
    const pids = [1, 2, 3].map((number) => quickstart.nodePid(number));
    assertStarted(await quickstart.start());
    assert.deepEqual(
      [1, 2, 3].map((number) => quickstart.nodePid(number)),
      pids,
    );
  });

  await t.test("a node that died is started again and joins", async () => {
    process.kill(quickstart.nodePid(2), "SIGKILL");
    assertStarted(await quickstart.start());
  });

  await t.test("so are all of them", async () => {
    for (const number of [1, 2, 3]) process.kill(quickstart.nodePid(number), "SIGKILL");
    assertStarted(await quickstart.start());
  });

  await assertStopped(quickstart, await quickstart.npm("stop"));
});

/** What a start has shown when it is ended, early and late. */
const moments = {
  "while nodes start": /stand-in|three nodes/,
  "before the first up": /couchdb3@\S+ started/,
  "while the cluster is made": /nodes joined/,
};

// Each has folder and ports of its own, and spends most of its time waiting.
describe("with problems", { concurrency: 3 }, () => {
  test("stop says that nothing runs", async (t) => {
    const quickstart = await Quickstart.make(t);
    if (!quickstart) return;
    const { status, shown } = await quickstart.stop();
    assert.equal(status, 0);
    assert.match(shown, /nothing runs/);
  });

  test("a port in use is reported, and another taken", async (t) => {
    const quickstart = await Quickstart.make(t);
    if (!quickstart) return;
    const other = await occupy(quickstart.ports[1]!);
    t.after(() => other.close());
    const started = await quickstart.start();
    assertStarted(started);
    assert.match(started.shown, new RegExp(`port ${quickstart.ports[1]} is in use by another program: taking \\d+`));
    assert.equal((await quickstart.stop()).status, 0);
  });

  test("stop removes what is left when the nodes are gone", async (t) => {
    const quickstart = await Quickstart.make(t);
    if (!quickstart) return;
    assertStarted(await quickstart.start());
    for (const number of [1, 2, 3]) process.kill(quickstart.nodePid(number), "SIGKILL");
    const stopped = await quickstart.stop();
    assert.match(stopped.shown, /the nodes are gone already/);
    await assertStopped(quickstart, stopped);
  });

  for (const [moment, shown] of Object.entries(moments)) {
    test(`a start that was killed ${moment}, with all it ran, is resumed by the next`, async (t) => {
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

  test("a start of which only the command was killed is resumed by the next", async (t) => {
    const quickstart = await Quickstart.make(t);
    if (!quickstart) return;
    const child = await quickstart.startUntil(/nodes joined/);
    child.kill("SIGKILL"); // Pulumi goes on without it
    assertStarted(await quickstart.start());
    await assertStopped(quickstart, await quickstart.stop());
  });

  test("a start that was asked to end does so in good order, and is resumed by the next", async (t) => {
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
