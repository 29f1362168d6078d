/** The life of a cluster: it comes up, grows, shrinks where nothing is lost, and goes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../eventually";
import { Orders } from "./orders";

test("a cluster of one grows to three and five, and shrinks once no shard is in the way", async (t) => {
  const orders = await Orders.make(t);
  if (!orders) return;

  await t.test("one node comes up finished", async () => {
    await orders.up({ replicas: 1 });
    await orders.assertWhole(1);
    await orders.settled({ replicas: 1 });
    await orders.write(0, "first");
    await orders.write(0, "first/book", { item: "book" });
  });

  await t.test("two more join it, and find what is stored", async () => {
    await orders.up({ replicas: 3 });
    await orders.assertWhole(3);
    await orders.assertThere(2, "first/book");
    await orders.settled({ replicas: 3 });
  });

  await t.test("what one node stores, all others find", async () => {
    await orders.write(1, "second");
    await orders.write(1, "second/pen", { item: "pen" });
    for (const ordinal of [0, 1, 2]) await orders.assertThere(ordinal, "second/pen");
  });

  await t.test("with five, the pods of the three were not restarted", async () => {
    const before = await orders.uids();
    await orders.up({ replicas: 5 });
    assert.deepEqual((await orders.uids()).slice(0, 3), before);
    await orders.assertWhole(5);
    await orders.settled({ replicas: 5 });
  });

  await t.test(
    "three are rejected while a database has shards on the others, and nothing has changed then",
    async () => {
      await orders.write(0, "third");
      const before = await orders.uids();
      const { shown } = await orders.failingUp({ replicas: 3 });
      assert.match(shown, /nodes? can't leave: shards of databases live on couchdb@orders-[34]\S+ \(third\)/);
      assert.deepEqual(await orders.uids(), before);
      await orders.assertWhole(5);
      // Of the failed `up`, state has the component's own arguments and nothing else.
      const { same: _, ...changes } = await orders.up({ replicas: 5 });
      assert.deepEqual(changes, { update: 1 });
      await orders.settled({ replicas: 5 });
    },
  );

  await t.test("three remain when that database is gone", async () => {
    await (await orders.node(0)).request({ method: "DELETE", path: "third" });
    await orders.up({ replicas: 3 });
    // Nodes are connected to those that leave until their pods are gone.
    await eventually("three are whole", () => orders.assertWhole(3).then(() => true));
    await orders.settled({ replicas: 3 });
    for (const path of ["first/book", "second/pen"]) await orders.assertThere(0, path);
  });

  await t.test("it goes", () => orders.destroy());
});
