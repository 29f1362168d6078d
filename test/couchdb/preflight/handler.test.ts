import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { preflightHandler } from "../../../components/couchdb/preflight/handler";
import type { PreflightInputs, PreflightOutputs } from "../../../components/couchdb/preflight/inputs";
import { PartialFailure } from "../../../components/dynamic/handler";
import { type FreshNode, freshDouble, freshNodes } from "../../nodes";
import { ask, assertOneCluster, clientOf, create, declared, update } from "../join/cluster";

/** What a cluster component declares for these nodes. */
function preflight(nodes: readonly FreshNode[], differences: Partial<PreflightInputs> = {}): PreflightInputs {
  const { adminUser: user, adminPassword: password } = nodes[0]!;
  return {
    statefulSet: "orders",
    namespace: "shop",
    headlessService: "orders",
    clusterDomain: "cluster.local",
    claimTemplate: "data",
    replicas: nodes.length,
    nodeNames: nodes.map(({ name }) => name),
    connection: { urls: nodes.map(({ url }) => url), adminUser: user, adminPassword: password },
    ...differences,
  };
}

async function scale(from: PreflightInputs, to: PreflightInputs): Promise<PreflightOutputs> {
  const { id, outs } = await preflightHandler.create(from);
  return (await preflightHandler.update!(id, outs, to)).outs;
}

/** Five nodes of which the first three hold everything. */
async function five() {
  const fresh = await freshNodes(5);
  const { nodes } = fresh;
  const outs = await update(await create(declared(nodes.slice(0, 3))), declared(nodes));
  return { ...fresh, membership: outs };
}

async function membersOf(node: FreshNode): Promise<string[]> {
  return (await ask<{ cluster_nodes: string[] }>(node, "_membership")).cluster_nodes.sort();
}

const namesOf = (nodes: readonly FreshNode[]) => nodes.map(({ name }) => name).sort();

describe("on any nodes, real ones too", () => {
  test("nodes without shards are removed, and join again later", async (t) => {
    const { nodes, membership, stop } = await five();
    t.after(stop);
    const three = nodes.slice(0, 3);
    const outs = await scale(preflight(nodes), preflight(three));
    assert.equal(outs.removals, 1);
    for (const node of three) assert.deepEqual(await membersOf(node), namesOf(three));

    // The pods of the others still run: a Membership of the three finds nothing to do, and adds them again if declared.
    const less = await update(membership, declared(three));
    assert.deepEqual(less.recorded, namesOf(three));
    await assertOneCluster(three);
    const { outs: again } = await preflightHandler.update!("id", outs, preflight(nodes));
    assert.equal(again.removals, 1);
    await update(less, declared(nodes));
    await assertOneCluster(nodes);
  });

  test("a node that holds shards stays, and so do the others that are to leave", async (t) => {
    const { nodes, stop } = await five();
    t.after(stop);
    await clientOf(nodes[0]!).request({ method: "PUT", path: "orders", query: { q: 8, n: 5 } });
    await assert.rejects(scale(preflight(nodes), preflight(nodes.slice(0, 3))), (error: Error) => {
      assert.ok(!(error instanceof PartialFailure));
      for (const { name } of nodes.slice(3)) assert.ok(error.message.includes(`${name} (orders)`), error.message);
      assert.match(error.message, /Move these shards.*keep replicas at 5$/);
      return true;
    });
    await assertOneCluster(nodes);
  });

  test("system databases count", async (t) => {
    const { nodes, stop } = await freshNodes(3);
    t.after(stop);
    await create(declared(nodes));
    await assert.rejects(scale(preflight(nodes), preflight(nodes.slice(0, 1))), /\(_replicator, _users\).*at 3$/);
    await assertOneCluster(nodes);
  });

  test("a wrong password is tried once and refused, with what to do", async (t) => {
    const { nodes, stop } = await freshNodes(2);
    t.after(stop);
    const to = preflight(nodes.slice(0, 1));
    const connection = { ...to.connection, adminPassword: "hunter2" };
    await assert.rejects(scale(preflight(nodes), { ...to, connection }), (error: Error) => {
      assert.match(error.message, /can't leave now, and nothing has been changed: .*answered 401 .*`up` of its own/);
      assert.ok(!error.message.includes("hunter2"));
      return true;
    });
  });

  test("a staying node that no URL leads to is named", async (t) => {
    const { nodes, stop } = await freshNodes(3);
    t.after(stop);
    const to = preflight(nodes.slice(0, 2));
    const connection = { ...to.connection, urls: [nodes[0]!.url] };
    await assert.rejects(scale(preflight(nodes), { ...to, connection }), (error: Error) =>
      error.message.startsWith(`${nodes[1]!.name} can't be asked`),
    );
  });
});

describe("with problems, on the double", () => {
  test("leaving nodes may be gone already, and off the record in part", async (t) => {
    const { nodes, double, stop } = await freshDouble(Array(5).fill({}));
    t.after(stop);
    await update(await create(declared(nodes.slice(0, 3))), declared(nodes));
    const client = clientOf(nodes[0]!);
    const path = `_node/_local/_nodes/${encodeURIComponent(nodes[4]!.name)}`;
    const { _rev } = await client.request<{ _rev: string }>({ path });
    await client.request({ method: "DELETE", path, query: { rev: _rev } });
    await double!.nodes[3]!.stop();
    await double!.nodes[4]!.stop();

    const three = nodes.slice(0, 3);
    const outs = await scale(preflight(nodes), preflight(three));
    for (const node of three) assert.deepEqual(await membersOf(node), namesOf(three));
    assert.equal(outs.removals, 1);
    assert.equal((await scale(preflight(nodes), preflight(three))).removals, 0, "a second time there is nothing to do");
  });

  test("while a staying node is down nothing is changed", async (t) => {
    const { nodes, double, stop } = await freshDouble(Array(4).fill({}));
    t.after(stop);
    await update(await create(declared(nodes.slice(0, 3))), declared(nodes));
    await double!.nodes[1]!.stop();
    await assert.rejects(
      scale(preflight(nodes), preflight(nodes.slice(0, 3), { timeoutSeconds: 1 })),
      /can't leave now, and nothing has been changed: gave up after 1 s: .*all nodes that stay must be up/,
    );
    assert.ok((await membersOf(nodes[0]!)).includes(nodes[3]!.name));
  });

  test("what is known without asking is not asked", async (t) => {
    const { nodes, double, stop } = await freshDouble(Array(3).fill({}));
    t.after(stop);
    const more = await scale(preflight(nodes.slice(0, 2)), preflight(nodes));
    await preflightHandler.read!("id", more);
    await preflightHandler.delete!("id", more);
    assert.deepEqual(
      double!.nodes.flatMap((node) => node.requests),
      [],
    );
  });
});

/** A node called `name` that lists b for a member, until it is removed, or for ever. */
async function stubbornNode(name: string, { learns }: { learns: boolean }) {
  const members = ["couchdb@a", "couchdb@b", "couchdb@c"];
  const server = createServer((request, response) => {
    const answer = (status: number, body: object) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    const { method, url } = request;
    if (url === "/_node/_local") return answer(200, { name });
    if (url === "/_membership") return answer(200, { all_nodes: members, cluster_nodes: members });
    if (url?.startsWith("/_node/_local/_dbs/")) return answer(200, { rows: [] });
    if (method === "DELETE" && learns) members.splice(members.indexOf("couchdb@b"), 1);
    if (method === "DELETE") return answer(200, { ok: true });
    return members.includes("couchdb@b") ? answer(200, { _rev: "1-a" }) : answer(404, { error: "not_found" });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { node: { name, url, adminUrl: url, adminUser: "admin", adminPassword: "secret" }, stop };
}

test("after a failure half way state says that nodes were removed, and which ones are still to leave", async (t) => {
  const a = await stubbornNode("couchdb@a", { learns: true });
  t.after(a.stop);
  const c = await stubbornNode("couchdb@c", { learns: false });
  t.after(c.stop);
  const from = preflight([a.node, { ...a.node, name: "couchdb@b" }, c.node]);
  const to = preflight([a.node, c.node], { timeoutSeconds: 1 });
  await assert.rejects(scale(from, to), (error: Error) => {
    assert.ok(error instanceof PartialFailure);
    assert.match(
      error.message,
      /after 1 s: waiting until couchdb@c no longer list couchdb@b; check that they are conn/,
    );
    const outs = error.outs as PreflightOutputs;
    assert.deepEqual([outs.removals, outs.replicas, outs.nodeNames], [1, 3, from.nodeNames]);
    return true;
  });
});

describe("what is a change", () => {
  const node = { name: "couchdb@a", url: "http://a:5984", adminUrl: "", adminUser: "admin", adminPassword: "secret" };
  const olds: PreflightOutputs = { ...preflight([node]), removals: 0 };
  const cases: [title: string, news: Partial<PreflightInputs>, changes: boolean][] = [
    ["nothing", {}, false],
    ["the password", { connection: { ...olds.connection, adminPassword: "other" } }, false],
    ["the kubeconfig", { connection: { ...olds.connection, kubernetes: { context: "other" } } }, false],
    ["how long it may take", { timeoutSeconds: 5 }, false],
    ["the number of nodes", { replicas: 2, nodeNames: ["couchdb@a", "couchdb@b"] }, true],
  ];
  for (const [title, news, changes] of cases)
    test(title, () => assert.equal(preflightHandler.diff!(olds, { ...preflight([node]), ...news }).changes, changes));
});
