/** The same cluster, joined by the container beside CouchDB: `pulumi up` changes nothing on the nodes and waits. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Orders } from "./orders";

test("a cluster joined by the sidecar", async (t) => {
  const orders = await Orders.make(t, { join: "sidecar" });
  if (!orders) return;
  let declared = {};

  await t.test("comes up whole", async () => {
    await orders.up();
    await orders.assertWhole(3);
    await orders.settled();
    await orders.write(0, "db");
    await orders.write(0, "db/book");
    await orders.assertThere(2, "db/book");
  });

  await t.test("has the rights in Kubernetes that it needs, and no others", async () => {
    const may = (verb: string, what: string) =>
      orders.kubectl("auth", "can-i", verb, what, `--as=system:serviceaccount:${orders.namespace}:orders`).then(
        () => true,
        () => false,
      );
    assert.ok(await may("get", "statefulsets.apps/orders"));
    for (const what of ["secrets", "configmaps", "pods/exec", "statefulsets.apps"])
      for (const verb of ["list", "create", "delete", "patch"]) assert.ok(!(await may(verb, what)), `${verb} ${what}`);
  });

  await t.test("grows to five", async () => {
    declared = { replicas: 5 };
    await orders.up(declared);
    await orders.assertWhole(5);
    await orders.settled(declared);
  });

  await t.test("takes a new password", async () => {
    const before = await orders.login();
    declared = { ...declared, credentials: { keepers: { adminPassword: "2" } } };
    await orders.up(declared);
    assert.notEqual((await orders.login()).adminPassword, before.adminPassword);
    await orders.assertWhole(5);
    await assert.rejects((await orders.node(4, before)).request({ path: "_all_dbs" }), /401|incorrect/);
    await orders.settled(declared);
  });

  await t.test("heals when all pods are deleted at once", async () => {
    await orders.deletePods();
    await orders.becomesWhole(5);
    await orders.assertThere(4, "db/book");
    await orders.settled(declared);
  });

  await t.test("tells no password in its log", async () => {
    const { adminPassword: password } = await orders.login();
    for (const ordinal of [0, 4]) {
      const log = await orders.kubectl("logs", `orders-${ordinal}`, "--all-containers");
      assert.ok(log.length > 0 && !log.includes(password));
    }
  });

  await t.test("goes", () => orders.destroy());
});
