/** Nodes that are there are joined to a finished cluster while others are still missing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "../../../components/couchdb/join/join";
import { PartialFailure } from "../../../components/dynamic/handler";
import { eventually } from "../../eventually";
import { type FreshNode, freshDouble } from "../../nodes";
import { ask, assertOneCluster, clientOf, create, declared, update } from "./cluster";

const docker = { docker: true };

const membersBy = async (node: FreshNode) =>
  (await ask<{ cluster_nodes: string[] }>(node, "_membership")).cluster_nodes.sort();

const namesOf = (nodes: readonly FreshNode[]) => nodes.map(({ name }) => name).sort();

/** Waits until a node tells of these members. */
async function untilMembers(node: FreshNode, members: readonly FreshNode[]): Promise<void> {
  await eventually(`${node.name} tells of these members`, async () => {
    assert.deepEqual(await membersBy(node), namesOf(members));
    return true;
  });
}

test("a new node is a member while another is waited for that never comes up; the next run completes it", async (t) => {
  const { nodes, double, stop } = await freshDouble([docker, docker, docker, docker]);
  t.after(stop);
  const outs = await create(declared(nodes.slice(0, 2)));
  await double!.nodes[3]!.kill();

  let over = false;
  const growing = update(outs, declared(nodes, { timeoutSeconds: 30 })).finally(() => {
    over = true;
  });
  growing.catch(() => {});
  for (const node of nodes.slice(0, 3)) await untilMembers(node, nodes.slice(0, 3));
  const hasUsers = async () => (await ask<string[]>(nodes[2]!, "_all_dbs")).includes("_users");
  await eventually("the new node has _users", hasUsers);
  assert.ok(!over);

  const failure = await growing.catch((error: unknown) => error);
  assert.ok(failure instanceof PartialFailure, String(failure));
  assert.match(failure.message, /gave up after 30 s: .*connection refused/);
  assert.deepEqual(await membersBy(nodes[0]!), namesOf(nodes.slice(0, 3)));
  const left = failure.outs as typeof outs;
  assert.deepEqual(left.recorded, namesOf(nodes.slice(0, 3)));
  await double!.nodes[3]!.start();
  await update(left, declared(nodes));
  await assertOneCluster(nodes);
});

test("so it is while the rollout of other pods is waited for", async (t) => {
  const { nodes, stop } = await freshDouble([docker, docker, docker]);
  t.after(stop);
  await create(declared(nodes.slice(0, 2)));
  let replaced = false;
  await join({
    connection: {
      urls: nodes.map(({ url }) => url),
      adminUser: nodes[0]!.adminUser,
      adminPassword: nodes[0]!.adminPassword,
    },
    names: {},
    formerMembers: [],
    systemDatabases: ["_users", "_replicator"],
    bindAddress: "0.0.0.0",
    rolledOut: async () => {
      await untilMembers(nodes[2]!, nodes);
      replaced = true;
    },
    timeoutSeconds: 20,
    report: () => {},
  });
  assert.ok(replaced);
});

test("nodes are looked at again after a rollout that ends while they are looked at", async (t) => {
  const { nodes, double, stop } = await freshDouble([docker, docker]);
  t.after(stop);
  await create(declared(nodes));
  const { requests } = double!.nodes[0]!;
  const looks = () => requests.filter(({ path }) => path === "/_membership").length;
  requests.length = 0;
  await join({
    connection: {
      urls: nodes.map(({ url }) => url),
      adminUser: nodes[0]!.adminUser,
      adminPassword: nodes[0]!.adminPassword,
    },
    names: {},
    formerMembers: [],
    systemDatabases: ["_users", "_replicator"],
    bindAddress: "0.0.0.0",
    rolledOut: async () => {
      while (looks() === 0) await new Promise(setImmediate);
      requests.length = 0;
    },
    timeoutSeconds: 20,
    report: () => {},
  });
  assert.ok(looks() > 0, JSON.stringify(requests));
});

test("fresh nodes are not joined before all are there, and a wrong password is tried on one node only", async (t) => {
  const { nodes, double, stop } = await freshDouble([docker, docker, docker]);
  t.after(stop);
  await double!.nodes[2]!.kill();
  await assert.rejects(create(declared(nodes, { timeoutSeconds: 1 })), /gave up after 1 s/);
  assert.deepEqual(await membersBy(nodes[0]!), [nodes[0]!.name]);

  for (const node of double!.nodes) node.requests.length = 0;
  const refusals = () => double!.nodes.map(({ requests }) => requests.filter(({ status }) => status === 401).length);
  const waiting = join({
    connection: { urls: nodes.map(({ url }) => url), adminUser: nodes[0]!.adminUser, adminPassword: "wrong" },
    names: {},
    formerMembers: [],
    systemDatabases: [],
    bindAddress: "0.0.0.0",
    rolledOut: async () => {
      await eventually("a node has refused the password", () => refusals().includes(1));
      await sleep(1500); // in which it could be tried again
      throw new Error("not replaced");
    },
    timeoutSeconds: 20,
    report: () => {},
  });
  await assert.rejects(waiting, /not replaced/);
  assert.deepEqual(refusals(), [1, 0, 0]);
});

test("a member that is not declared, and is to be left alone, is", async (t) => {
  const { nodes, stop } = await freshDouble([docker, docker]);
  t.after(stop);
  await create(declared(nodes));
  const unknown = "couchdb@elsewhere.example.com";
  const path = `_node/_local/_nodes/${encodeURIComponent(unknown)}`;
  await clientOf(nodes[0]!).request({ method: "PUT", path, body: {} });
  const options = {
    connection: {
      urls: nodes.map(({ url }) => url),
      adminUser: nodes[0]!.adminUser,
      adminPassword: nodes[0]!.adminPassword,
    },
    names: {},
    formerMembers: [],
    systemDatabases: ["_users", "_replicator"],
    bindAddress: "0.0.0.0",
    timeoutSeconds: 5,
    report: () => {},
  };
  await assert.rejects(join(options), /not declared: couchdb@elsewhere/);
  const seen = await join({ ...options, tolerated: [unknown] });
  assert.equal(seen.length, 2);
  assert.ok((await membersBy(nodes[0]!)).includes(unknown));
});
