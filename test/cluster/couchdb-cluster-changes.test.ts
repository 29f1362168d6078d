/** What is changed on a cluster in use: nodes are restarted one by one or not at all, and all is whole afterwards. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CouchDbClusterArgs } from "../../components/couchdb/cluster/args";
import { eventually } from "../eventually";
import { Application, clientPod } from "./client-pod";
import { Orders } from "./orders";
import { isReady } from "./ready";
import { mostDown } from "./watching";

test("a cluster of three in use", async (t) => {
  // The default: long enough for the cluster's network to hear that a pod ends.
  const orders = await Orders.make(t, { drainSeconds: 15, terminationGraceSeconds: 40 });
  if (!orders) return;
  let declared: CouchDbClusterArgs = { replicas: 3, image: "couchdb:3.5.0" };

  /** Applies a change, in which every pod is restarted, one after the other. */
  async function roll(change: CouchDbClusterArgs): Promise<void> {
    declared = { ...declared, ...change };
    const ready = async () => (await orders!.pods()).filter(isReady).length === 3;
    await eventually("three pods are ready", ready);
    const before = await orders!.uids();
    assert.equal(await mostDown(orders!, 3, () => orders!.up(declared)), 1, "pods down at once");
    const after = await orders!.uids();
    assert.ok(!after.some((uid) => before.includes(uid)), "every pod is a new one");
    await orders!.assertWhole(3);
    await orders!.assertThere(1, "db/book");
    await orders!.settled(declared);
  }

  await t.test("comes up though a pod is deleted while it is joined", async () => {
    const up = orders.up(declared);
    const running = async () => (await orders.pods())[1]?.status.phase === "Running";
    await eventually("the second pod runs", running);
    await orders.kubectl("delete", "pod", "orders-1", "--grace-period=0", "--force", "--wait=false");
    await up;
    await orders.becomesWhole(3); // a quick `up` may be over before the pod is deleted
    await orders.write(0, "db");
    await orders.write(0, "db/book");
  });

  await t.test("takes a changed configuration node by node", async () => {
    await roll({ config: { log: { level: "warning" } } });
    const level = await (await orders.node(2)).request<string>({ path: "_node/_local/_config/log/level" });
    assert.equal(level, "warning");
  });

  await t.test("takes another image node by node, and is there for clients all the time", async (t) => {
    await clientPod(orders);
    const application = await Application.start(t, orders);
    await roll({ image: "couchdb:3.5.1" });
    const { asked, taken, failures } = await application.stop();
    t.diagnostic(`served ${taken} times of ${asked}`);
    assert.ok(taken > 20);
    assert.equal(taken, asked, `served ${taken} times of ${asked}: ${failures.join(", ")}`);
    const { version } = await (await orders.node(2)).request<{ version: string }>({ path: "" });
    assert.equal(version, "3.5.1");
  });

  await t.test("takes a new password while it runs", async (t) => {
    const before = { uids: await orders.uids(), login: await orders.login() };
    const application = await Application.start(t, orders);
    declared = { ...declared, credentials: { keepers: { adminPassword: "2" } } };
    const begun = performance.now();
    await orders.up(declared);
    const took = performance.now() - begun;
    const { taken, longest, refused, failures } = await application.stop();
    const served = `served ${taken} times in ${took} ms, not for ${longest} ms at most, refused for ${refused} ms: ${failures.join(", ")}`;
    t.diagnostic(served);
    // Compared with the `up` that it is a part of, as a busy machine slows down both.
    assert.ok(taken > 5 && refused < took / 2 && longest < took, served);

    const login = await orders.login();
    assert.notEqual(login.adminPassword, before.login.adminPassword);
    await orders.assertWhole(3); // with the new one
    for (const ordinal of [0, 1, 2]) {
      const refused = (await orders.node(ordinal, before.login)).request({ path: "_all_dbs" });
      await assert.rejects(refused, /401|incorrect/);
    }
    assert.deepEqual(await orders.uids(), before.uids, "no pod was restarted");
    await orders.settled(declared);
  });

  await t.test("heals when all pods are deleted at once", async () => {
    await orders.deletePods();
    await orders.becomesWhole(3);
    await orders.assertThere(2, "db/book");
    await orders.settled(declared);
  });

  await t.test("goes", () => orders.destroy());
});
