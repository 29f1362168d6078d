import assert from "node:assert/strict";
import { test } from "node:test";
import * as couch from "../../components";
import { CouchDbPreflight } from "../../components/couchdb/preflight/couchdb-preflight";
import { ask, assertOneCluster, clientOf } from "../couchdb/join/cluster";
import { type FreshNode, freshNodes } from "../nodes";
import { TestStack } from "./stack";

/** What a cluster component declares around its pods, whose place nodes take that are simply there. */
const cluster =
  (nodes: FreshNode[], namespace = "shop") =>
  async () => {
    const { adminUser: user, adminPassword: password } = nodes[0]!;
    const preflight = new CouchDbPreflight("orders-preflight", {
      statefulSet: "orders",
      namespace,
      headlessService: "orders",
      clusterDomain: "cluster.local",
      claimTemplate: "data",
      replicas: nodes.length,
      nodeNames: nodes.map(({ name }) => name),
      connection: { urls: nodes.map(({ url }) => url), adminUser: user, adminPassword: password },
    });
    const membership = new couch.CouchDbMembership(
      "orders",
      { nodes: nodes.map(({ url }) => ({ url })), adminUser: user, adminPassword: password, timeoutSeconds: 60 },
      { dependsOn: [preflight] },
    );
    return { removals: preflight.removals, members: membership.members };
  };

test("a cluster shrinks while the nodes that leave still run", async (t) => {
  const { nodes, stop } = await freshNodes(5);
  t.after(stop);
  const three = nodes.slice(0, 3);
  const stack = await TestStack.make(t, cluster(three));
  if (!stack) return;

  await t.test("it comes up and grows", async () => {
    assert.deepEqual(await stack.up(), { create: 3 });
    assert.deepEqual(await stack.up(cluster(nodes)), { same: 1, update: 2 });
    await assertOneCluster(nodes);
  });
  await t.test("a node that has a shard is not removed, and nothing is changed", async () => {
    const client = clientOf(nodes[0]!);
    await client.request({ method: "PUT", path: "orders", query: { n: 5 } });
    const error = await stack.failingUp(cluster(three));
    assert.match(error, /2 nodes can't leave: shards of databases live on .* \(orders\).*keep replicas at 5/s);
    await assertOneCluster(nodes);
    assert.deepEqual(await stack.up(cluster(nodes)), { same: 3 });
    await client.request({ method: "DELETE", path: "orders" });
  });
  await t.test("nodes without shards leave", async () => {
    assert.deepEqual(await stack.preview(cluster(three)), { same: 1, update: 2 });
    assert.deepEqual(await stack.up(cluster(three)), { same: 1, update: 2 });
    await assertOneCluster(three);
    assert.equal((await stack.outputs()).removals!.value, 1);
    assert.deepEqual(await stack.up(), { same: 3 });
    const { cluster_nodes } = await ask<{ cluster_nodes: string[] }>(nodes[4]!, "_membership");
    assert.equal(cluster_nodes.length, 5, "a node that left does not hear of it");
  });
  await t.test("they come back", async () => {
    assert.deepEqual(await stack.up(cluster(nodes)), { same: 1, update: 2 });
    await assertOneCluster(nodes);
    assert.deepEqual(await stack.up(), { same: 3 });
  });
  await t.test("another namespace is rejected at preview", async () => {
    await assert.rejects(stack.preview(cluster(nodes, "prod")), /it was shop and can't become prod/);
  });
  await t.test("no password stands in the state", async () => {
    const { text } = await stack.state();
    assert.ok(!text.includes(`"${nodes[0]!.adminPassword}"`));
  });
  await t.test("destroy", async () => {
    await stack.destroy();
    await assertOneCluster(nodes);
  });
});
