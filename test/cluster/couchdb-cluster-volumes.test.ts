/** What becomes of the volumes, and what can't be changed because data would be lost with it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../eventually";
import { Orders } from "./orders";

interface Claim {
  metadata: { name: string };
  spec: { volumeName: string; resources: { requests: { storage: string } } };
}

async function claims(orders: Orders): Promise<Claim[]> {
  return (await orders.api.get<{ items: Claim[] }>(orders.namespace, "pvc", "--sort-by=.metadata.name")).items;
}

/** Does what a storage provider does for a claim that asks for more: the testbed has none that can. */
async function growVolume(orders: Orders, claim: string, storage: string): Promise<void> {
  const { spec } = await eventually(`${claim} asks for ${storage}`, async () => {
    const found = (await claims(orders)).find(({ metadata }) => metadata.name === claim);
    return found?.spec.resources.requests.storage === storage && found;
  });
  const capacity = { capacity: { storage } };
  await orders.kubectl("patch", "pv", spec.volumeName, "--patch", JSON.stringify({ spec: capacity }));
  const status = JSON.stringify({ status: capacity });
  await orders.kubectl("patch", "pvc", claim, "--subresource=status", "--patch", status);
}

test("a cluster's volumes", async (t) => {
  const orders = await Orders.make(t, { replicas: 2 });
  if (!orders) return;

  await t.test("stay when the cluster goes, and are taken over by the next one, under a new password", async () => {
    await orders.up();
    await orders.write(0, "db");
    await orders.write(0, "db/book");
    const { adminPassword: password } = await orders.login();
    await orders.destroy();
    assert.deepEqual(
      (await claims(orders)).map(({ metadata }) => metadata.name),
      ["data-orders-0", "data-orders-1"],
    );

    await orders.up();
    assert.match(
      orders.stack.shown,
      /volumes of an earlier cluster are taken over with their data: data-orders-0, data-orders-1/,
    );
    assert.notEqual((await orders.login()).adminPassword, password);
    await orders.assertWhole(2);
    for (const ordinal of [0, 1]) await orders.assertThere(ordinal, "db/book");
    await orders.settled();
  });

  await t.test("grow while the nodes run", async () => {
    const before = await orders.uids();
    const up = orders.up({ storageSize: "200Mi" });
    if (!orders.api.real)
      await Promise.all(["data-orders-0", "data-orders-1"].map((claim) => growVolume(orders, claim, "200Mi")));
    await up;
    assert.deepEqual(
      (await claims(orders)).map(({ spec }) => spec.resources.requests.storage),
      ["200Mi", "200Mi"],
    );
    assert.deepEqual(await orders.uids(), before);
    await orders.settled({ storageSize: "200Mi" });
  });

  const rejected: [change: object, says: RegExp][] = [
    [{ storageSize: "100Mi" }, /size.*200Mi.*100Mi|size.*100Mi.*200Mi/],
    [{ storageClass: "other" }, /storageClass.* other/],
    [{ namespace: "default" }, /namespace.* can't become default/],
    [{ clusterDomain: "example.org" }, /clusterDomain.* can't become example\.org/],
  ];
  await t.test("are not lost by a change that would lose them: it is rejected at preview", async () => {
    for (const [change, says] of rejected) {
      assert.match(await orders.refusedPreview({ storageSize: "200Mi", ...change }), says);
    }
    await orders.settled({ storageSize: "200Mi" });
  });

  await t.test("go with the cluster where that is declared", async () => {
    await orders.up({ storageSize: "200Mi", keepVolumes: false });
    await orders.destroy();
    await eventually("the claims are gone", async () => (await claims(orders)).length === 0);
  });
});
