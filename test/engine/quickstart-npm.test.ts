/** The quickstart as a user starts it: `npm start` builds, in the checkout that all other tests run from. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertStarted, assertStopped, processes, Quickstart } from "./quickstart";

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

  await assertStopped(quickstart, await quickstart.npm("stop"));
});
