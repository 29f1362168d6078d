/** The hook's certificate is renewed while reviews go on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Presets } from "../../../components/reschedule/presets";
import { Hooked } from "../hooked";

const db = "app=db";

/** What kubectl and others are answered for a protected pod that is to be evicted for the first time. */
const refused = 'admission webhook "eviction.reschedule.hook" denied the request: Reschedule annotation added to pod';

test("a certificate is renewed while the hook is asked, and no review fails", async (t) => {
  const hooked = await Hooked.make(t, { preset: Presets.statefulSet({ key: "app", value: "db" }) });
  if (!hooked) return;
  const declared = (run?: string) => ({
    namespaces: [hooked.namespace],
    certificate: { keepers: run ? { run } : undefined },
  });
  await hooked.up(declared());
  await hooked.ready(db, 3);

  /** Runs `up` while the hook is asked, and asserts that it has another certificate then, and answered all the time. */
  const renews = async (keeper?: string) => {
    const before = await hooked.certificate();
    const answers = await hooked.asked("db-0", async () => {
      const { replace, delete: deleted, create } = await hooked.up(declared(keeper));
      assert.deepEqual([replace, deleted, create], [1, undefined, undefined], "the Secret");
      await sleep(2000);
    });
    t.diagnostic(JSON.stringify(answers));
    assert.deepEqual(Object.keys(answers), [refused]);
    const after = await hooked.certificate();
    assert.notEqual(after.secret, before.secret);
    assert.notEqual(after.caBundle, before.caBundle);
    assert.equal(after.secrets, 1, "the old Secret is gone");
  };

  await t.test("by its keeper, once and again", async () => {
    for (const keeper of ["1", "2"]) await renews(keeper);
    await hooked.settled(declared("2"));
  });

  await t.test("because it is due, as a preview says", async () => {
    await hooked.edit("ServerCertificate", (outputs) => {
      outputs.expires = new Date(Date.now() + 100 * 86_400_000).toISOString();
    });
    const { update } = await hooked.stack.preview(hooked.program(declared("2")));
    assert.ok(update! >= 1);
    await renews("2");
    await hooked.settled(declared("2"));
  });

  await t.test("its private keys are secrets in state", async () => {
    const { text } = await hooked.stack.state();
    assert.doesNotMatch(text, /PRIVATE KEY/);
    assert.ok(!text.includes(Buffer.from("-----BEGIN PRIVATE KEY").toString("base64")));
  });
  await hooked.destroy();
});
