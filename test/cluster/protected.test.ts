/** Clusters with the resource options by which Pulumi keeps things from being lost: changes must still be possible. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import type { CouchDbClusterArgs } from "../../components/couchdb/cluster/args";
import { CouchDbCluster } from "../../components/couchdb/cluster/couchdb-cluster";
import { Orders, quick } from "./orders";

const changed: CouchDbClusterArgs = {
  config: { log: { level: "warning" } },
  credentials: { keepers: { adminPassword: "2" } },
};

/** The program with a cluster of one node under these resource options. */
function program(orders: Orders, opts: pulumi.ComponentResourceOptions, args: CouchDbClusterArgs = {}): PulumiFn {
  return async () => {
    new CouchDbCluster("orders", { namespace: orders.namespace, ...quick, replicas: 1, ...args }, opts);
  };
}

test("a protected cluster takes what changes its ConfigMap and Secrets, and is not destroyed", async (t) => {
  const orders = await Orders.make(t);
  if (!orders) return;
  await orders.stack.up(program(orders, { protect: true }));
  const { adminPassword: password } = await orders.login();
  await orders.stack.up(program(orders, { protect: true }, changed));
  assert.notEqual((await orders.login()).adminPassword, password);
  await orders.assertWhole(1);

  await assert.rejects(orders.stack.destroy(), /protect/);
  await orders.login();
  await orders.assertWhole(1);

  await orders.stack.up(program(orders, {}, changed));
  await orders.destroy();
});

test("a retained cluster takes a new password where the provider may change Secrets, and stays", async (t) => {
  const orders = await Orders.make(t);
  if (!orders) return;
  const retained = (args?: CouchDbClusterArgs): PulumiFn => {
    return async () => {
      const provider = new kubernetes.Provider("mutable", {
        kubeconfig: orders.api.kubeconfig,
        enableSecretMutable: true,
      });
      const { kubeconfig } = orders.api;
      await program(orders, { provider, retainOnDelete: true }, { kubernetes: { kubeconfig }, ...args })();
    };
  };
  await orders.stack.up(retained());
  const { adminPassword: password } = await orders.login();
  await orders.stack.up(retained(changed));
  assert.notEqual((await orders.login()).adminPassword, password);
  await orders.assertWhole(1);

  await orders.destroy();
  await orders.assertWhole(1);
});
