import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { addNode, ask, eventuallyAnswers, membershipOf } from "./client";
import { type CouchDbDouble, type NodeOptions, startCouchDb } from "./index";

let double: CouchDbDouble;
afterEach(() => double.stop());

async function start(nodes: NodeOptions[], common: NodeOptions = {}) {
  double = await startCouchDb(nodes, { docker: true, hashIterations: 10, ...common });
  return double.nodes;
}

test("a killed node leaves all_nodes and is back after its start, with its configuration", async () => {
  const [one, two] = await start([{}, {}]);
  await ask(one!.adminUrl, "POST", "/_cluster_setup", addNode(two!));
  await eventuallyAnswers(two!.adminUrl, "/_membership", membershipOf([one!.name, two!.name]));
  await ask(two!.adminUrl, "PUT", "/_node/_local/_config/my/key", "value");

  await two!.kill();
  const lone = { all_nodes: [one!.name], cluster_nodes: [one!.name, two!.name] };
  await eventuallyAnswers(one!.adminUrl, "/_membership", lone);
  await assert.rejects(ask(two!.url, "GET", "/"));
  const down = await ask(one!.adminUrl, "GET", `/_node/${two!.name}/_config/my/key`);
  assert.deepEqual(down.body, { error: "nodedown", reason: `${two!.name} is down` });

  await two!.start();
  await eventuallyAnswers(one!.adminUrl, "/_membership", membershipOf([one!.name, two!.name]));
  assert.equal((await ask(one!.adminUrl, "GET", `/_node/${two!.name}/_config/my/key`)).body, "value");
});

test("a reset node has lost everything and is found by the others", async () => {
  const [one, two] = await start([{}, {}], { ini: { cluster: { reconnect_interval_sec: "0.5" } } });
  await ask(one!.adminUrl, "POST", "/_cluster_setup", addNode(two!));
  await eventuallyAnswers(two!.adminUrl, "/_membership", membershipOf([one!.name, two!.name]));
  await two!.reset();
  assert.deepEqual((await ask(two!.adminUrl, "GET", "/_membership")).body, membershipOf([two!.name]));
  await eventuallyAnswers(two!.adminUrl, "/_membership", membershipOf([one!.name, two!.name]));
});

test("nodes with different cookies never connect, but add_node hands the cookie over until the next start", async () => {
  const [one, two] = await start([{}, { cookie: "another" }], { ini: { cluster: { reconnect_interval_sec: "0.2" } } });
  await ask(one!.adminUrl, "PUT", `/_node/_local/_nodes/${two!.name}`, {});
  const apart = { all_nodes: [one!.name], cluster_nodes: [one!.name, two!.name] };
  await new Promise((resolve) => setTimeout(resolve, 500));
  await eventuallyAnswers(one!.adminUrl, "/_membership", apart);
  assert.deepEqual((await ask(two!.adminUrl, "GET", "/_membership")).body, membershipOf([two!.name]));

  const again = await ask(one!.adminUrl, "POST", "/_cluster_setup", addNode(two!));
  assert.equal(again.status, 409, "it is in _nodes already, and still gets the cookie");
  await eventuallyAnswers(two!.adminUrl, "/_membership", membershipOf([one!.name, two!.name]));

  await two!.stop();
  await two!.start();
  await eventuallyAnswers(one!.adminUrl, "/_membership", apart);
});

test("a wrong password of the added node looks like success", async () => {
  const [one, two] = await start([{}, {}]);
  const answer = await ask(one!.adminUrl, "POST", "/_cluster_setup", addNode(two!, "wrong"));
  assert.deepEqual([answer.status, answer.body], [201, { ok: true }]);
  assert.deepEqual((await ask(one!.adminUrl, "GET", "/_membership")).body, membershipOf([one!.name]));
});

test("nodes of one port each on a host of its own join", async () => {
  const distributionPort = 20_000 + (process.pid % 10_000);
  const hosts = ["127.0.0.1", "127.0.0.2"];
  const nodes = hosts.map((host) => ({ host, distributionPort, name: `couchdb@${host}` }));
  const [one, two] = await start(nodes);
  await ask(one!.adminUrl, "POST", "/_cluster_setup", addNode(two!));
  for (const { adminUrl } of [one!, two!]) {
    await eventuallyAnswers(adminUrl, "/_membership", membershipOf(nodes.map(({ name }) => name)));
  }
});

test("what a node was asked is listed", async () => {
  const [one] = await start([{}]);
  await ask(one!.url, "GET", "/_up?x=1");
  assert.deepEqual(one!.requests, [{ method: "GET", path: "/_up?x=1", status: 200 }]);
});

test("a slow node is slow", async () => {
  const [one] = await start([{ responseDelay: 200 }]);
  const before = performance.now();
  await ask(one!.url, "GET", "/_up");
  assert.ok(performance.now() - before >= 195);
});
