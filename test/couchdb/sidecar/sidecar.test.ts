/** The program beside CouchDB, against nodes of the double and a stand-in of the Kubernetes API. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../eventually";
import type { FreshNode } from "../../nodes";
import { ask, assertOneCluster, clientOf } from "../join/cluster";
import { Pods, type PodsOptions } from "./pods";

async function pods(t: { after(stop: () => Promise<void>): void }, options: PodsOptions = {}): Promise<Pods> {
  const started = await Pods.start(options);
  t.after(() => started.stop());
  return started;
}

test("three pods become one cluster, and each is ready", async (t) => {
  const started = await pods(t);
  for (const ordinal of [2, 0, 1]) started.sidecar(ordinal);
  await started.ready(0, 1, 2);
  await assertOneCluster(started.nodes);
});

test("nodes are joined once, not again by what was seen before they were", async (t) => {
  const started = await pods(t);
  for (const ordinal of [0, 1, 2]) started.sidecar(ordinal);
  await started.ready(0, 1, 2);
  await started.logged("on every node's own word");
  await sleep(1500);
  assert.equal(started.lines.filter((line) => line.includes("on every node's own word")).length, 1);
});

test("only the pod of the lowest ordinal acts", async (t) => {
  const started = await pods(t);
  started.sidecar(1);
  started.sidecar(2);
  await started.says(1, /pod 0 joins the nodes/);
  await sleep(1500);
  const changing = started.fresh.double!.nodes.flatMap(({ requests }) =>
    requests.filter(({ method }) => method !== "GET"),
  );
  assert.deepEqual(changing, []);
  started.sidecar(0);
  await started.ready(0, 1, 2);
});

test("a StatefulSet with hyphens, another cluster domain and other first ordinal", async (t) => {
  const started = await pods(t, { statefulSet: "my-couch-2-db", domain: "k8s.example.org", start: 5 });
  for (const ordinal of [7, 6, 5]) started.sidecar(ordinal);
  await started.ready(5, 6, 7);
  await assertOneCluster(started.nodes);
});

test("COUCHDB_CLUSTER_SIZE is a number, and finishes the cluster", async (t) => {
  const env = [
    { name: "COUCHDB_ADMIN_USER", value: "adm" },
    { name: "COUCHDB_ADMIN_PASS", value: "pass" },
    { name: "COUCHDB_CLUSTER_SIZE", value: "2" },
  ];
  const started = await pods(t, { count: 2, replicas: 3, env });
  started.sidecar(0);
  started.sidecar(1);
  await started.ready(0, 1);
  await assertOneCluster(started.nodes);
});

test("one pod alone is finished too", async (t) => {
  const started = await pods(t, { count: 1 });
  started.sidecar(0);
  await started.ready(0);
  await assertOneCluster(started.nodes);
});

test("nodes that are added later are joined", async (t) => {
  const started = await pods(t, { count: 3, replicas: 1 });
  started.state.pods = new Map([[0, "a"]]);
  started.sidecar(0);
  await started.ready(0);
  await started.logged("on every node's own word");
  started.state.replicas = 3;
  started.state.pods = new Map([0, 1, 2].map((ordinal) => [ordinal, "b"]));
  started.sidecar(2);
  started.sidecar(1);
  await started.ready(0, 1, 2);
  await assertOneCluster(started.nodes);
});

test("a pod that comes late, and one whose program restarts while nodes are joined", async (t) => {
  const started = await pods(t);
  await started.fresh.double!.nodes[1]!.stop();
  for (const ordinal of [0, 1, 2]) started.sidecar(ordinal);
  await sleep(700);
  await started.sidecars.get(0)!.stop();
  started.sidecar(0);
  await started.fresh.double!.nodes[1]!.start();
  await started.ready(0, 1, 2);
  await assertOneCluster(started.nodes);
});

test("a pod that never starts does not hold up the joining of later ones", async (t) => {
  const started = await pods(t, { count: 4, replicas: 2 });
  started.state.pods = new Map([0, 1].map((ordinal) => [ordinal, "a"]));
  await started.fresh.double!.nodes[3]!.stop();
  for (const ordinal of [0, 1]) started.sidecar(ordinal);
  await started.ready(0, 1);
  started.state.replicas = 4;
  started.state.pods = new Map([0, 1, 2, 3].map((ordinal) => [ordinal, "a"]));
  started.sidecar(2);
  await started.ready(0, 1, 2);
  assert.equal((await membersBy(started.nodes[2]!)).length, 3);
  await started.fresh.double!.nodes[3]!.start();
  started.sidecar(3);
  await started.ready(0, 1, 2, 3);
  await assertOneCluster(started.nodes);
});

test("a node that comes back with an empty disk is a member again", async (t) => {
  const started = await pods(t, { node: { ini: { cluster: { reconnect_interval_sec: "2" } } } });
  for (const ordinal of [0, 1, 2]) started.sidecar(ordinal);
  await started.ready(0, 1, 2);
  await started.fresh.double!.nodes[2]!.kill();
  await started.sidecars.get(2)!.stop();
  await started.fresh.double!.nodes[2]!.reset();
  started.sidecar(2);
  await started.ready(2);
  await assertOneCluster(started.nodes);
});

test("once ready, a pod stays ready when another is down, but not when its own node is", async (t) => {
  const started = await pods(t);
  for (const ordinal of [0, 1, 2]) started.sidecar(ordinal);
  await started.ready(0, 1, 2);
  await started.fresh.double!.nodes[1]!.kill();
  await eventually("pod 1 is no longer ready", () => !started.sidecars.get(1)!.status.ready);
  await started.says(0, /couch-1/);
  assert.ok(started.sidecars.get(0)!.status.ready);
  assert.ok(started.sidecars.get(2)!.status.ready);
});

test("a wrong password is not tried until it changes", async (t) => {
  const started = await pods(t);
  started.state.secrets.admin = { password: "wrong" };
  for (const ordinal of [0, 1, 2]) started.sidecar(ordinal);
  await started.says(0, /wrong for this node.*Waiting for other credentials/);
  await sleep(3000);
  for (const node of started.fresh.double!.nodes) {
    const refused = node.requests.filter(({ status }) => status === 401).length;
    assert.ok(refused <= 2, `${refused} refusals`);
  }
  assert.ok(!started.sidecars.get(0)!.status.ready);
  started.state.secrets.admin = { password: "pass" };
  await started.ready(0, 1, 2);
  await assertOneCluster(started.nodes);
});

test("a pod that is ready stays so while its password is being rotated", async (t) => {
  const started = await pods(t);
  for (const ordinal of [0, 1, 2]) started.sidecar(ordinal);
  await started.ready(0, 1, 2);
  started.state.secrets.admin = { password: "not yet known to the nodes" };
  await started.logged("Waiting for other");
  assert.ok([...started.sidecars.values()].every(({ status }) => status.ready));
});

test("no credential gets into a log", async (t) => {
  const password = "s3cr3t-of-this-test";
  const started = await pods(t, { node: { admin: { name: "adm", password } } });
  started.state.secrets.admin = { password };
  for (const ordinal of [0, 1, 2]) started.sidecar(ordinal);
  await started.ready(0, 1, 2);
  started.state.secrets.admin = { password: "another-s3cr3t" };
  await started.logged("Waiting for other");
  const basic = Buffer.from(`adm:${password}`).toString("base64");
  for (const word of [password, basic, "another-s3cr3t"]) assert.ok(!started.lines.join("").includes(word), word);
  for (const line of started.lines)
    assert.deepEqual(Object.keys(JSON.parse(line)).slice(0, 3), ["time", "level", "message"]);
});

test("a member whose pod is gone is removed if it holds no shard", async (t) => {
  const started = await pods(t, { count: 2, replicas: 2 });
  started.sidecar(0);
  started.sidecar(1);
  await started.ready(0, 1);
  const gone = started.nodes[0]!.name.replace("couch-0", "couch-2");
  await record(started, gone);
  const lists = async () => Promise.all(started.nodes.map((node) => membersBy(node)));
  await eventually("it is not a member any more", async () => (await lists()).every((list) => !list.includes(gone)));
  await assertOneCluster(started.nodes);
});

test("members that hold shards, or are not the StatefulSet's, are left alone and reported once", async (t) => {
  const started = await pods(t, { count: 3 });
  for (const ordinal of [0, 1, 2]) started.sidecar(ordinal);
  await started.ready(0, 1, 2);
  await record(started, "couchdb@elsewhere.example.com");
  started.state.replicas = 2;
  started.state.pods.delete(2);
  await started.sidecars.get(0)!.stop();
  started.sidecar(0);
  await eventually("both are reported", () => {
    assert.ok(warnings(started).length >= 2, started.lines.join(""));
    return true;
  });
  await sleep(1500);
  assert.equal(warnings(started).filter((line) => line.includes("still has shards")).length, 1);
  assert.equal(warnings(started).filter((line) => line.includes("elsewhere.example.com")).length, 1);
  assert.ok((await membersBy(started.nodes[0]!)).includes("couchdb@elsewhere.example.com"));
  assert.equal((await membersBy(started.nodes[0]!)).length, 4);
  assert.ok(started.sidecars.get(0)!.status.ready);
});

test("where Kubernetes makes pods one by one, a pod is ready for the next to be made", async (t) => {
  const started = await pods(t, { podManagementPolicy: "OrderedReady" });
  for (const ordinal of [0, 1, 2]) {
    started.state.pods = new Map(Array.from({ length: ordinal + 1 }, (_, index) => [index, "uid"]));
    started.sidecar(ordinal);
    await started.ready(ordinal);
  }
  await started.ready(0, 1, 2);
  await assertOneCluster(started.nodes);
});

test("a node that listens on localhost only is opened by the program beside it", async (t) => {
  const started = await pods(t, { count: 1, node: { docker: false, host: "127.0.0.1" } });
  started.sidecar(0);
  const { requests } = started.fresh.double!.nodes[0]!;
  await eventually("it is set up", () =>
    requests.some(({ method, path, status }) => method === "POST" && path === "/_cluster_setup" && status === 201),
  );
});

test("a Service that hides pods which are not ready is reported by name, once", async (t) => {
  const started = await pods(t);
  started.state.unpublished = true;
  started.sidecar(1);
  const reported = () => started.lines.filter((line) => line.includes("publishNotReadyAddresses"));
  await started.logged("publishNotReadyAddresses");
  await sleep(1500);
  assert.equal(reported().length, 1);
  assert.match(reported()[0]!, /"warning".*the Service nodes /);
});

test("a name that does not exist yet is not asked for", async (t) => {
  const started = await pods(t);
  started.state.pods.delete(2);
  started.sidecar(0);
  await started.says(0, /waiting for the pods 2/);
  assert.equal(started.fresh.double!.nodes[2]!.requests.length, 0);
});

function warnings(started: Pods): string[] {
  return started.lines.filter((line) => line.includes('"warning"') && line.includes("no pod stands for it"));
}

async function membersBy(node: FreshNode): Promise<string[]> {
  return (await ask<{ cluster_nodes: string[] }>(node, "_membership")).cluster_nodes;
}

async function record(started: Pods, name: string): Promise<void> {
  const path = `_node/_local/_nodes/${encodeURIComponent(name)}`;
  await clientOf(started.nodes[0]!).request({ method: "PUT", path, body: {} });
}
