/** What goes wrong between nodes, and what only the double can be made to do. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { remove } from "../../../components/couchdb/join/act";
import { membershipHandler } from "../../../components/couchdb/membership/handler";
import type { MembershipOutputs } from "../../../components/couchdb/membership/inputs";
import { PartialFailure } from "../../../components/dynamic/handler";
import { eventually } from "../../eventually";
import { freshDouble } from "../../nodes";
import { endAfter, passOn } from "../gate";
import { ask, assertOneCluster, clientOf, create, declared, fewestCopies, update } from "../join/cluster";

const plain = {};
const docker = { docker: true };

test("plain, docker-like and slow nodes join one another", async (t) => {
  const { nodes, stop } = await freshDouble([plain, docker, { responseDelay: 100 }]);
  t.after(stop);
  await create(declared(nodes));
  await assertOneCluster(nodes);
});

test("a node that answers late is waited for", async (t) => {
  const { nodes, double, stop } = await freshDouble([docker, docker, docker]);
  t.after(stop);
  await double!.nodes[2]!.stop();
  const joining = create(declared(nodes));
  await sleep(1500);
  await double!.nodes[2]!.start();
  await joining;
  await assertOneCluster(nodes);
});

test("a node that refuses the password just after its start, until it is hashed, is asked once more", async (t) => {
  const { nodes, stop } = await freshDouble([docker]);
  t.after(stop);
  let refusals = 0;
  const gate = createServer((request, response) => {
    if (refusals++ === 0) {
      response.writeHead(401, { "content-type": "application/json" }).end('{"error":"unauthorized","reason":"no"}');
      return;
    }
    passOn(nodes[0]!, request, response);
  });
  gate.listen(0, "127.0.0.1");
  await once(gate, "listening");
  const { port } = gate.address() as AddressInfo;
  gate.close();
  endAfter(t, gate);

  const joining = create(declared([{ ...nodes[0]!, url: `http://127.0.0.1:${port}` }]));
  await sleep(300);
  gate.listen(port, "127.0.0.1");
  await joining;
  await assertOneCluster(nodes);
});

test("nodes without a cookie secret are still finished", async (t) => {
  const { nodes, stop } = await freshDouble([docker, docker], { secret: false });
  t.after(stop);
  await create(declared(nodes));
  await assertOneCluster(nodes);
});

test("nodes that were joined by a seed list only need to be finished", async (t) => {
  const seedlist = "node1@127.0.0.1,node2@127.0.0.1";
  const { nodes, stop } = await freshDouble([docker, docker], { ini: { cluster: { seedlist } } });
  t.after(stop);
  await create(declared(nodes));
  await assertOneCluster(nodes);
});

test("a node that was set up as a single one leaves that mode when others join it", async (t) => {
  const { nodes, stop } = await freshDouble([{ docker: true, ini: { couchdb: { single_node: "true" } } }, docker]);
  t.after(stop);
  await create(declared(nodes));
  await assertOneCluster(nodes);
});

test("a node whose own record differs, as by a zone, joins, and leaves with all branches of it", async (t) => {
  const { nodes, stop } = await freshDouble([docker, docker]);
  t.after(stop);
  const [first, second] = [nodes[0]!, nodes[1]!];
  const alone = await create(declared([first]));
  const path = `_node/_local/_nodes/${encodeURIComponent(second.name)}`;
  const own = await ask<object>(second, path);
  await clientOf(second).request({ method: "PUT", path, body: { ...own, zone: "b" } });

  const both = await update(alone, declared(nodes));
  assert.equal((await ask<{ zone?: string }>(first, path)).zone, "b");
  await assertOneCluster(nodes);
  assert.equal(await fewestCopies(first, "_users"), 2);
  await assert.rejects(update(both, declared([first])), /still holds shards of _replicator, _users/);
});

test("removing a member removes every branch of its record", async (t) => {
  const { nodes, stop } = await freshDouble([docker, docker]);
  t.after(stop);
  const client = clientOf(nodes[0]!);
  const path = "_node/_local/_nodes/ghost%40127.0.0.1";
  for (const [revision, zone] of [
    ["1-a", "a"],
    ["1-b", "b"],
  ])
    await client.request({
      method: "PUT",
      path,
      query: { new_edits: false },
      body: { _rev: revision + "0".repeat(31), zone },
    });
  await remove(client, "ghost@127.0.0.1");
  const { cluster_nodes } = await ask<{ cluster_nodes: string[] }>(nodes[0]!, "_membership");
  assert.deepEqual(cluster_nodes, [nodes[0]!.name]);
});

test("a differing Erlang cookie is reported, and its node's record removed again", async (t) => {
  const { nodes, stop } = await freshDouble([docker, docker, { docker: true, cookie: "other" }]);
  t.after(stop);
  await assert.rejects(create(declared(nodes, { timeoutSeconds: 10 })), (error: Error) => {
    assert.match(error.message, /node3@127\.0\.0\.1/);
    assert.match(error.message, /Erlang cookies differ \(COUCHDB_ERLANG_COOKIE/);
    assert.ok(error instanceof PartialFailure);
    return true;
  });
  const { cluster_nodes } = await ask<{ cluster_nodes: string[] }>(nodes[0]!, "_membership");
  assert.ok(!cluster_nodes.includes(nodes[2]!.name), `still on record: ${cluster_nodes}`);
});

test("a failure half-way keeps what the next run needs, and the next run completes it", async (t) => {
  const { nodes, stop } = await freshDouble([docker, docker, { docker: true, cookie: "other" }]);
  t.after(stop);
  const failure = await create(declared(nodes, { timeoutSeconds: 10 })).catch((error: unknown) => error);
  assert.ok(failure instanceof PartialFailure);
  await update(failure.outs as MembershipOutputs, declared(nodes.slice(0, 2)));
  await assertOneCluster(nodes.slice(0, 2));
});

test("a version that is too old is rejected before anything is changed", async (t) => {
  const { nodes, stop } = await freshDouble([docker, { docker: true, version: "3.1.1" }]);
  t.after(stop);
  await assert.rejects(create(declared(nodes)), /node2@127\.0\.0\.1 runs CouchDB 3\.1\.1, older than 3\.2\.2/);
  const { cluster_nodes } = await ask<{ cluster_nodes: string[] }>(nodes[0]!, "_membership");
  assert.deepEqual(cluster_nodes, [nodes[0]!.name]);
});

test("a refresh tells of a node that is gone, and heals when it is back", async (t) => {
  const { nodes, double, stop } = await freshDouble([docker, docker, docker]);
  t.after(stop);
  const outs = await create(declared(nodes));
  await double!.nodes[2]!.kill();
  const seen = (await membershipHandler.read!("id", outs))!;
  assert.deepEqual(seen.members, ["node1@127.0.0.1", "node2@127.0.0.1"]);
  assert.deepEqual(seen.recorded, outs.recorded);
  assert.match(seen.drift.join("\n"), /connection refused/);
  assert.match(seen.drift.join("\n"), /node1@127\.0\.0\.1 is not connected to node3@127\.0\.0\.1/);
  assert.ok(membershipHandler.diff!(seen, declared(nodes)).changes);

  await double!.nodes[2]!.start();
  const healed = await update(seen, declared(nodes));
  assert.deepEqual(healed, outs);
});

test("a refresh with all nodes down keeps the resource", async (t) => {
  const { nodes, stop } = await freshDouble([docker, docker]);
  const outs = await create(declared(nodes));
  await stop();
  const seen = (await membershipHandler.read!("id", outs))!;
  assert.deepEqual([seen.members, seen.recorded.length, seen.drift.length], [[], 2, 2]);
  t.diagnostic(seen.drift.join("; "));
});

test("a node that lost its disk is taken in again", async (t) => {
  const reconnect = { ini: { cluster: { reconnect_interval_sec: "1" } } };
  const { nodes, double, stop } = await freshDouble([plain, plain, plain], reconnect);
  t.after(stop);
  const outs = await create(declared(nodes));
  await double!.nodes[2]!.reset();
  await update(outs, declared(nodes));
  await assertOneCluster(nodes);
});

test("two runs at once both end with one cluster", async (t) => {
  const { nodes, stop } = await freshDouble([plain, docker, plain]);
  t.after(stop);
  const [one, other] = await Promise.all([create(declared(nodes)), create(declared(nodes))]);
  assert.deepEqual(one, other);
  await assertOneCluster(nodes);
});

test("a node in maintenance mode that holds databases is not taken for an empty one", async (t) => {
  const { nodes, stop } = await freshDouble([docker, docker]);
  t.after(stop);
  for (const node of nodes) await create(declared([node]));
  const path = "_node/_local/_config/couchdb/maintenance_mode";
  await clientOf(nodes[1]!).request({ method: "PUT", path, body: "true" });
  await assert.rejects(create(declared(nodes)), /belong to different clusters.*node2@127\.0\.0\.1 \(databases: _repl/);
  const { cluster_nodes } = await ask<{ cluster_nodes: string[] }>(nodes[0]!, "_membership");
  assert.deepEqual(cluster_nodes, [nodes[0]!.name]);
});

test("a cluster that can't be finished, as all its nodes are in maintenance mode, is reported", async (t) => {
  const { nodes, stop } = await freshDouble([docker, docker]);
  t.after(stop);
  const outs = await create(declared(nodes));
  const path = "_node/_local/_config/couchdb/maintenance_mode";
  for (const node of nodes) await clientOf(node).request({ method: "PUT", path, body: "true" });
  await assert.rejects(update(outs, declared(nodes, { timeoutSeconds: 5 })), /in maintenance mode .* it can't be/);
});

test("two runs at once that grow a cluster both give its databases their copies", async (t) => {
  const { nodes, stop } = await freshDouble([docker, docker, docker]);
  t.after(stop);
  const alone = await create(declared(nodes.slice(0, 1)));
  const [one, other] = await Promise.all([update(alone, declared(nodes)), update(alone, declared(nodes))]);
  assert.deepEqual(one, other);
  assert.equal(await fewestCopies(nodes[0]!, "_users"), 3);
});

test("a node that restarts while databases get their copies is waited for", async (t) => {
  const reconnect = { ini: { cluster: { reconnect_interval_sec: "1" } } };
  const { nodes, double, stop } = await freshDouble([docker, docker, docker], reconnect);
  t.after(stop);
  const alone = await create(declared(nodes.slice(0, 1)));
  const growing = update(alone, declared(nodes));
  const copying = () => double!.nodes[0]!.requests.some(({ path }) => path.startsWith("/_users/_sync_shards"));
  await eventually("copies are being made", copying, { everyMs: 1 });
  await double!.nodes[2]!.kill();
  await sleep(200);
  await double!.nodes[2]!.start();
  await growing;
  assert.equal(await fewestCopies(nodes[0]!, "_replicator"), 3);
});

test("a refresh of what an interrupted run left in state reports what is missing there", async (t) => {
  const { nodes, stop } = await freshDouble([docker]);
  t.after(stop);
  const seen = await membershipHandler.read!("id", declared(nodes) as MembershipOutputs);
  assert.deepEqual(seen!.members, [nodes[0]!.name]);
  assert.match(seen!.drift.join(), /does not say that the cluster is finished/);
});

test("nodes that others join are waited for, not touched; what is missing in the end is reported", async (t) => {
  const { nodes, double, stop } = await freshDouble([docker, docker]);
  t.after(stop);
  const waiting = declared(nodes, { waitOnly: true, timeoutSeconds: 10 });
  await assert.rejects(create(waiting), /not complete after 10 s: .* has not heard of node2@127\.0\.0\.1/);
  const asked = double!.nodes.flatMap((node) => node.requests.map(({ method }) => method));
  assert.deepEqual([...new Set(asked)], ["GET"]);

  const joined = create({ ...waiting, timeoutSeconds: 120 });
  await create(declared(nodes));
  assert.equal((await joined).members.length, 2);
});
