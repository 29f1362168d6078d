/** Two stacks that declare a cluster or hook of the same name in one namespace: the second must not take what is the first's. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Hooked } from "./hooked";
import { Orders } from "./orders";

const takeOver = "PULUMI_K8S_UPSERT_EXISTING_OBJECTS";
const theirs = { "pulumi-couch/stack": "theirs/production" };

interface Service {
  metadata: { annotations: Record<string, string> };
}

test("a cluster of another stack's name is rejected before anything is shared with it", async (t) => {
  const orders = await Orders.make(t);
  if (!orders) return;
  // As the other stack made it, but for the owner that it names.
  const spec = { clusterIP: "None", publishNotReadyAddresses: true, ports: [{ name: "http", port: 5984 }] };
  const service = { apiVersion: "v1", kind: "Service", metadata: { name: "orders-nodes", annotations: theirs }, spec };
  await orders.api.apply(orders.namespace, [service]);

  assert.match((await orders.failingUp()).shown, /"orders-nodes" already exists/);
  await assertNothingShared(orders);

  // As the plugin does by default before 4.29: what is there is taken over, unless that conflicts.
  process.env[takeOver] = "true";
  t.after(() => delete process.env[takeOver]);
  assert.match((await orders.failingUp()).shown, /conflict(.|\n)*pulumi-couch\/stack/);
  await assertNothingShared(orders);

  await orders.destroy();
  const left = await orders.api.get<Service>(orders.namespace, "service", "orders-nodes");
  assert.equal(left.metadata.annotations["pulumi-couch/stack"], theirs["pulumi-couch/stack"]);
});

test("so is a hook", async (t) => {
  const hooked = await Hooked.make(t, {});
  if (!hooked) return;
  const spec = { ports: [{ name: "https", port: 443 }] };
  const service = { apiVersion: "v1", kind: "Service", metadata: { name: "hook", annotations: theirs }, spec };
  await hooked.api.apply(hooked.namespace, [service]);
  process.env[takeOver] = "true";
  t.after(() => delete process.env[takeOver]);
  await assert.rejects(hooked.up({}), /conflict(.|\n)*pulumi-couch\/stack/);
  await assertNothingShared(hooked);
  await hooked.destroy();
});

async function assertNothingShared({ stack }: Orders | Hooked): Promise<void> {
  const { resources } = await stack.state();
  const shared = resources.filter(({ type }) => type.startsWith("kubernetes:"));
  assert.deepEqual(
    shared.map(({ urn }) => urn),
    [],
    "no object is this stack's",
  );
}
