/** Drains wait only for the hook, whoever moves the pods. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Reschedule, type RescheduleHookArgs } from "../../../components/reschedule/args";
import { Presets } from "../../../components/reschedule/presets";
import { couchbaseCluster, couchbaseKind } from "../couchbase";
import { Hooked } from "../hooked";
import { isReady } from "../ready";

const db = "app=db";
const hookPods = "app.kubernetes.io/name=reschedule-hook";

/** Drains the pods' host, and asserts that each protected pod went once, one at a time, and the other without delay. */
async function assertDrainsWell(t: TestContext, hooked: Hooked): Promise<void> {
  // The scheduler spreads the hook's pods as it likes: the host to drain is to be one that has one of them.
  const hookHosts = (await hooked.ready(hookPods, 2)).map((pod) => pod.spec.nodeName!);
  if (!hookHosts.includes(hooked.host)) await hooked.moveTo(hookHosts[0]!);
  const { host } = hooked;
  const before = [...(await hooked.ready(db, 3)), ...(await hooked.ready("app=web", 1))];
  assert.deepEqual(new Set(before.map((pod) => pod.spec.nodeName)), new Set([host]));

  let shown = "";
  const { leastReady, seen } = await hooked.watched(db, async () => {
    shown = await hooked.drain(t);
    await hooked.ready(db, 3);
  });
  assert.match(shown, /Reschedule annotation added to pod/);
  assert.match(shown, /node\/\S+ drained/);
  assert.doesNotMatch(shown, /failed calling webhook|InternalError/);
  assert.doesNotMatch(shown, /pods?\/"?(web|hook)-\S+" .*denied the request/);
  for (const label of [db, "app=web", hookPods])
    for (const pod of await hooked.pods(label))
      assert.notEqual(pod.spec.nodeName, host, `${pod.metadata.name} has moved`);
  assert.deepEqual(
    [...seen].map(([name, uids]) => [name, uids.size]).sort(),
    ["db-0", "db-1", "db-2"].map((name) => [name, 2]),
    "each was replaced once",
  );
  assert.equal(leastReady, 2);
  // Other tests want it back.
  await hooked.api.kubectl("uncordon", host);
}

test("a drain moves the pods of a StatefulSet one by one; the hook itself deletes them", async (t) => {
  const preset = Presets.statefulSet({ key: "app", value: "db" });
  const hooked = await Hooked.make(t, { preset, reschedule: Reschedule.DeleteAfterReady });
  if (!hooked) return;
  // In its own namespace, where it must not wait for itself.
  const args: RescheduleHookArgs = { namespaces: [hooked.namespace] };

  await t.test("it comes up, and a second `up` finds nothing to do", async () => {
    await hooked.up(args);
    await hooked.settled(args);
  });

  await t.test("a drain ends well", (t) => assertDrainsWell(t, hooked));

  await t.test("it goes, and evictions are free again", async () => {
    await hooked.destroy();
    assert.deepEqual(Object.keys(await hooked.asked("db-0", () => sleep(500))), ["allowed"]);
  });
});

test("a drain waits for Couchbase's operator, which moves annotated pods", async (t) => {
  const { selector: _, ...others } = Presets.couchbase;
  // The hook is asked about all namespaces: no pods of another test may be its own.
  const selector = { key: "couchbase_cluster", value: "cb" };
  const hooked = await Hooked.make(t, { preset: { selector, ...others } }, { couchbase_cluster: "cb" });
  if (!hooked) return;
  // Its pods come back under their names, which the hook must keep in mind.
  await couchbaseKind(hooked.api, t);
  await hooked.api.apply(hooked.namespace, [couchbaseCluster("cb", { upgradeProcess: "InPlaceUpgrade" })]);
  // Away from the pods.
  await hooked.up({ namespace: await hooked.api.namespace(t, "tools") });
  const operator = operate(hooked);
  t.after(() => operator.stop());
  await assertDrainsWell(t, hooked);
  await operator.stop();
  await hooked.destroy();
});

/** Does what Couchbase's operator does, as far as a drain can tell. */
function operate(hooked: Hooked): { stop(): Promise<void> } {
  let over = false;
  const working = (async () => {
    while (!over) {
      const pods = await hooked.pods(db);
      const marked = pods.find((pod) => pod.metadata.annotations?.["cao.couchbase.com/reschedule"] === "true");
      if (marked && pods.length === 3 && pods.every(isReady))
        await hooked.api.kubectl(
          "--namespace",
          hooked.namespace,
          "delete",
          "pod",
          marked.metadata.name,
          "--wait=false",
        );
      await sleep(200);
    }
  })();
  return {
    stop: async () => {
      over = true;
      await working;
    },
  };
}
