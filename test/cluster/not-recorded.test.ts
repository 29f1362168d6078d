/** What a killed `up` had made, but not yet recorded in state, is taken over by the next one. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { CouchDbClusterArgs } from "../../components/couchdb/cluster/args";
import { isObject, ofKind, takeOver } from "./forgotten";
import { Orders } from "./orders";

const joins: CouchDbClusterArgs[] = [{ join: "provider" }, { join: "sidecar" }];
for (const args of joins)
  test(`a cluster, joined by the ${args.join}`, async (t) => {
    const orders = await Orders.make(t, { replicas: 2, ...args, ingress: { host: "orders.example.com" } });
    if (!orders) return;
    await takeOver(orders.stack);
    await orders.up();
    await orders.stack.forget(isObject);
    await orders.up();
    await orders.settled();

    // The program was changed before the next `up`. The headless Service came first, and is recorded.
    const changed: CouchDbClusterArgs = { labels: { team: "shop" }, drainSeconds: 2 };
    await orders.stack.forget((resource) => isObject(resource) && !resource.urn.endsWith("::orders-nodes"));
    await orders.up(changed);
    await orders.assertWhole(2);
    await orders.settled(changed);
    await orders.destroy();
  });

test("where the stack takes nothing over, by one `up` that does", async (t) => {
  const orders = await Orders.make(t, { replicas: 1 });
  if (!orders) return;
  await orders.up();
  await orders.stack.forget(ofKind("PodDisruptionBudget"));
  assert.match((await orders.failingUp()).shown, /"orders" already exists/);
  await upWith(t, orders, { PULUMI_K8S_UPSERT_EXISTING_OBJECTS: "true" });
  await orders.settled();

  // What the API server has completed in it counts as another owner's.
  await orders.stack.forget(ofKind("StatefulSet"));
  await upWith(t, orders, { PULUMI_K8S_UPSERT_EXISTING_OBJECTS: "true", PULUMI_K8S_ENABLE_PATCH_FORCE: "true" });
  await orders.settled();
  await orders.destroy();
});

/** Runs `up` once with more in its environment. */
async function upWith(t: TestContext, orders: Orders, env: Record<string, string>): Promise<void> {
  const { workspace } = orders.stack.stack;
  const before = workspace.envVars;
  workspace.envVars = { ...before, ...env };
  try {
    t.diagnostic(`${Object.keys(env)}: ${JSON.stringify(await orders.up())}`);
  } finally {
    workspace.envVars = before;
  }
}
