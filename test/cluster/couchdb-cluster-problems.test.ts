/** What keeps pods from starting is reported soon and by name; the next `up` goes on from there, and `destroy` works. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CouchDbClusterArgs } from "../../components/couchdb/cluster/args";
import { farDeadline } from "./deadline";
import { Orders } from "./orders";

interface Expected {
  args: CouchDbClusterArgs;
  says: RegExp;
  /** Whether it is reported again while nothing has changed. */
  again?: boolean;
  fixed?: { replicas: number };
}

const problems: Record<string, Expected> = {
  "an image that is not there": {
    // As many as take longer to be replaced, one by one, than a missing image is tolerated.
    args: { replicas: 5, image: "couchdb:3.5.999", imagePullPolicy: "Never" },
    says: /orders-0 can't pull .*couchdb:3\.5\.999/,
    again: true,
    fixed: { replicas: 5 },
  },
  "nodes that must be on hosts of their own, of which there are too few": {
    args: { replicas: 3, spread: "required" },
    says: /orders-\d can't be scheduled: 0\/\d nodes are available: .*anti-affinity/,
    fixed: { replicas: 3 },
  },
  "a certificate's Secret that is missing": {
    args: { tls: { secretName: "certificate" } },
    says: /orders-0 can't be prepared by its node: .*secret "certificate" not found/,
  },
};

for (const [what, { args, says, again, fixed = { replicas: 2 } }] of Object.entries(problems))
  test(what, async (t) => {
    const orders = await Orders.make(t, { replicas: 2 });
    if (!orders) return;
    if (args.spread && orders.api.real) return t.skip("NOT RUN: how many hosts this cluster has is not known");

    await t.test("is reported long before the deadline", async () => {
      const { shown, seconds } = await orders.failingUp(args);
      t.diagnostic(`${seconds.toFixed(1)} s`);
      assert.match(shown, says);
      assert.doesNotMatch(shown, new RegExp(`after ${farDeadline} s`));
    });

    if (again)
      await t.test("is reported again while nothing has changed", async () => {
        const { shown } = await orders.failingUp(args);
        assert.match(shown, says);
      });

    // Running pods keep their anti-affinity rules: they have to go first.
    if (args.spread) await t.test("can be destroyed", () => orders.destroy());
    await t.test("can be fixed by another `up`", async () => {
      await orders.up(fixed);
      await orders.assertWhole(fixed.replicas);
      await orders.settled(fixed);
    });
    await t.test("leaves a cluster that can be destroyed", () => orders.destroy());
  });

test("a cluster that never came up can be destroyed", async (t) => {
  const orders = await Orders.make(t, { replicas: 2 });
  if (!orders) return;
  await orders.failingUp({ image: "couchdb:3.5.999", imagePullPolicy: "Never" });
  await orders.destroy();
});
