/** Two stacks that declare a cluster of the same name in one namespace: the second must not take what is the first's. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Orders } from "./orders";

interface Service {
  metadata: { annotations: Record<string, string> };
}

test("a cluster of another stack's name is refused before anything is shared with it", async (t) => {
  const orders = await Orders.make(t);
  if (!orders) return;
  const theirs = { "pulumi-couch/stack": "theirs/production" };
  // As the other stack made it, but for who is told to be its owner.
  const spec = { clusterIP: "None", publishNotReadyAddresses: true, ports: [{ name: "http", port: 5984 }] };
  const service = { apiVersion: "v1", kind: "Service", metadata: { name: "orders-nodes", annotations: theirs }, spec };
  await orders.api.apply(orders.namespace, [service]);

  const { shown } = await orders.failingUp();
  assert.match(shown, /conflict(.|\n)*pulumi-couch\/stack/);
  const { resources } = await orders.stack.state();
  assert.deepEqual(
    resources.filter(({ type }) => type.startsWith("kubernetes:")).map(({ urn }) => urn),
    [],
    "nothing of Kubernetes is this stack's",
  );

  await orders.destroy();
  const left = await orders.api.get<Service>(orders.namespace, "service", "orders-nodes");
  assert.equal(left.metadata.annotations["pulumi-couch/stack"], theirs["pulumi-couch/stack"]);
});
