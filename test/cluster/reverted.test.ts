/** A change that failed is reverted: what the pods need is there, then and when they restart later. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CouchDbClusterArgs } from "../../components/couchdb/cluster/args";
import { Orders } from "./orders";

/** What of the StatefulSet names the ConfigMap that its pods need. */
interface StatefulSet {
  spec: { template: { spec: { volumes: { projected?: { sources: { configMap?: { name: string } }[] } }[] } } };
}

test("a configuration that came with an image that is not there", async (t) => {
  const before: CouchDbClusterArgs = { replicas: 2, config: { log: { level: "warning" } } };
  const orders = await Orders.make(t, before);
  if (!orders) return;
  await orders.up();
  await orders.failingUp({ config: { log: { level: "debug" } }, image: "couchdb:3.5.999", imagePullPolicy: "Never" });

  await t.test("is reverted by the next `up`", async () => {
    await orders.up();
    await orders.assertWhole(2);
    const { spec } = await orders.api.get<StatefulSet>(orders.namespace, "statefulset", "orders");
    const sources = spec.template.spec.volumes.flatMap(({ projected }) => projected?.sources ?? []);
    const needed = sources.flatMap(({ configMap }) => configMap?.name ?? []);
    const kept = await orders.kubectl("get", "configmaps", "--output=name");
    for (const name of needed) assert.ok(kept.split("\n").includes(`configmap/${name}`), `${name} is gone: ${kept}`);
    await orders.settled();
  });

  await orders.destroy();
});
