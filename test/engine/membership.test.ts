import assert from "node:assert/strict";
import { test } from "node:test";
import * as couch from "../../components";
import { type FreshNode, freshNodes } from "../nodes";
import { TestStack } from "./stack";

/** A program that declares these nodes as one cluster with a database. */
const cluster =
  (nodes: FreshNode[], args: Partial<couch.CouchDbMembershipArgs> = {}) =>
  async () => {
    const membership = new couch.CouchDbMembership("cluster", {
      nodes: nodes.map(({ url }) => ({ url })),
      adminUser: nodes[0]!.adminUser,
      adminPassword: nodes[0]!.adminPassword,
      timeoutSeconds: 60,
      ...args,
    });
    const orders = new couch.CouchDbDatabase("orders", {
      connection: membership.connection,
      name: "orders",
      forceDestroy: true,
    });
    return { members: membership.members, drift: membership.drift, orders: orders.q };
  };

test("a cluster comes up, stays, grows and goes", async (t) => {
  const { nodes, stop } = await freshNodes(5);
  t.after(stop);
  const three = nodes.slice(0, 3);
  const stack = await TestStack.make(t, cluster(three));
  if (!stack) return;

  await t.test("preview, before anything is there", async () => {
    assert.equal((await stack.preview()).create, 3);
  });
  await t.test("up", async () => {
    assert.equal((await stack.up()).create, 3);
    const outputs = await stack.outputs();
    assert.equal(outputs.members!.value.length, 3);
    assert.deepEqual(outputs.drift!.value, []);
    assert.match(stack.shown, /couchdb: .*3\/3 nodes joined/);
  });
  await t.test("a second up changes nothing", async () => {
    assert.deepEqual(await stack.up(), { same: 3 });
  });
  await t.test("a refresh finds nothing", async () => {
    assert.deepEqual(await stack.refresh(), { same: 3 });
    assert.deepEqual(await stack.up(), { same: 3 });
  });
  await t.test("two more nodes change the membership alone", async () => {
    assert.deepEqual(await stack.preview(cluster(nodes)), { same: 2, update: 1 });
    assert.deepEqual(await stack.up(), { same: 2, update: 1 });
    assert.equal((await stack.outputs()).members!.value.length, 5);
    assert.deepEqual(await stack.up(), { same: 3 });
  });
  await t.test("a node that holds shards is not removed", async () => {
    const error = await stack.failingUp(cluster(nodes.slice(1)));
    assert.match(error, /can't be removed: it still holds shards of/);
    assert.deepEqual(await stack.up(cluster(nodes)), { same: 3 });
  });
  await t.test("nothing in state tells the password, and providers are small", async () => {
    const { resources, text } = await stack.state();
    assert.ok(!text.includes(`"${nodes[0]!.adminPassword}"`), "the password stands in the state");
    const providers = resources.flatMap((resource) => (resource.inputs?.__provider as string | undefined) ?? []);
    const types = resources.map(({ type }) => type);
    assert.deepEqual(types, [
      "pulumi:pulumi:Stack",
      "pulumi:providers:pulumi-nodejs",
      "pulumi-nodejs:dynamic/couch:CouchDbMembership",
      "pulumi-nodejs:dynamic/couch:CouchDbDatabase",
    ]);
    assert.equal(providers.length, 2);
    for (const provider of providers) assert.ok(provider.length <= 2048, `${provider.length} bytes of __provider`);
  });
  await t.test("destroy", async () => {
    assert.equal((await stack.destroy()).delete, 3);
  });
});
