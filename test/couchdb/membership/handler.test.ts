import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { act } from "../../../components/couchdb/join/act";
import { membershipHandler } from "../../../components/couchdb/membership/handler";
import { freshNodes } from "../../nodes";
import { ask, assertOneCluster, clientOf, create, declared, fewestCopies, update } from "../join/cluster";

describe("on any nodes, real ones too", () => {
  test("fresh nodes become one cluster, with a copy of the system databases on each", async (t) => {
    const { nodes, stop } = await freshNodes(3);
    t.after(stop);
    const outs = await create(declared(nodes));
    await assertOneCluster(nodes);
    assert.deepEqual(outs.members, nodes.map((node) => node.name).sort());
    assert.equal(await fewestCopies(nodes[0]!, "_users"), 3);
    const uuids = await Promise.all(nodes.map((node) => ask<{ uuid: string }>(node, "")));
    assert.deepEqual([...new Set(uuids.map(({ uuid }) => uuid))], [outs.uuid]);
  });

  test("a single node is finished, and grows later", async (t) => {
    const { nodes, stop } = await freshNodes(3);
    t.after(stop);
    const one = await create(declared(nodes.slice(0, 1)));
    await assertOneCluster(nodes.slice(0, 1));
    await update(one, declared(nodes));
    await assertOneCluster(nodes);
    assert.equal(await fewestCopies(nodes[2]!, "_users"), 3, "the system databases stay on the first node");
  });

  test("a finished cluster takes in two nodes more", async (t) => {
    const { nodes, stop } = await freshNodes(5);
    t.after(stop);
    const three = await create(declared(nodes.slice(0, 3)));
    const five = await update(three, declared(nodes));
    await assertOneCluster(nodes);
    assert.equal(five.uuid, three.uuid);
  });

  test("what is done already is not done again", async (t) => {
    const { nodes, stop, double } = await freshNodes(3);
    t.after(stop);
    const first = await create(declared(nodes));
    const before = double?.nodes.map((node) => node.requests.length);
    assert.deepEqual(await create(declared(nodes)), first);
    const writes = double?.nodes.flatMap((node, index) =>
      node.requests.slice(before![index]).filter(({ method }) => method !== "GET"),
    );
    assert.deepEqual(writes ?? [], []);
  });

  test("a cluster half joined is completed: enabled, joined but unfinished, by hand", async (t) => {
    const { nodes, stop } = await freshNodes(3);
    t.after(stop);
    const tools = {
      client: (url: string) => clientOf(nodes.find((node) => node.url === url)!),
      adminUser: nodes[0]!.adminUser,
      adminPassword: nodes[0]!.adminPassword,
      systemDatabases: ["_users", "_replicator"],
      bindAddress: "0.0.0.0",
    };
    for (const { url, name } of nodes) await act({ kind: "enable", url, name }, tools);
    await sleep(500); // a node that has just been enabled restarts its listener
    await act({ kind: "add", coordinator: nodes[2]!.url, url: nodes[1]!.url, name: nodes[1]!.name }, tools);
    await create(declared(nodes));
    await assertOneCluster(nodes);
  });

  test("a node that holds shards is not removed, and the error says of what", async (t) => {
    const { nodes, stop } = await freshNodes(3);
    t.after(stop);
    const outs = await create(declared(nodes));
    await assert.rejects(update(outs, declared(nodes.slice(0, 2))), (error: Error) => {
      assert.match(error.message, /can't be removed: it still holds shards of/);
      assert.match(error.message, /_users/);
      assert.ok(error.message.includes(nodes[2]!.name));
      return true;
    });
    await assertOneCluster(nodes);
  });

  test("a node that holds none is removed", async (t) => {
    const { nodes, stop } = await freshNodes(4);
    t.after(stop);
    const three = await create(declared(nodes.slice(0, 3)));
    const four = await update(three, declared(nodes));
    await update(four, declared(nodes.slice(0, 3)));
    const { cluster_nodes } = await ask<{ cluster_nodes: string[] }>(nodes[0]!, "_membership");
    assert.ok(!cluster_nodes.includes(nodes[3]!.name));
  });

  test("nodes that each hold databases of their own are not joined, and nothing is changed", async (t) => {
    const { nodes, stop } = await freshNodes(2);
    t.after(stop);
    for (const node of nodes) await create(declared([node]));
    await assert.rejects(create(declared(nodes)), /different clusters that hold databases of their own/);
    for (const node of nodes) await assertOneCluster([node]);
  });

  test("a member that is not declared is reported, and nothing is changed", async (t) => {
    const { nodes, stop } = await freshNodes(3);
    t.after(stop);
    await create(declared(nodes.slice(0, 2)));
    await assert.rejects(create(declared([nodes[0]!, nodes[2]!])), (error: Error) => {
      assert.match(error.message, /members that are not declared/);
      assert.ok(error.message.includes(nodes[1]!.name));
      return true;
    });
    await assertOneCluster(nodes.slice(0, 2));
  });

  test("nodes that were removed, and run on, are taken in again, together or one by one", async (t) => {
    const { nodes, stop } = await freshNodes(5);
    t.after(stop);
    const three = await create(declared(nodes.slice(0, 3)));
    const five = await update(three, declared(nodes));
    const again = await update(five, declared(nodes.slice(0, 3)));
    const four = await update(again, declared(nodes.slice(0, 4)));
    await assertOneCluster(nodes.slice(0, 4));
    await update(four, declared(nodes));
    await assertOneCluster(nodes);
  });

  test("a wrong password stops everything at the first 401", async (t) => {
    const { nodes, stop } = await freshNodes(3);
    t.after(stop);
    await assert.rejects(create(declared(nodes, { adminPassword: "hunter2" })), (error: Error) => {
      assert.match(error.message, /answered 401 .*the administrator's name or password is wrong for this node/);
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    });
    // Five wrong tries would have locked the account: the right password is taken at once.
    await create(declared(nodes));
    await assertOneCluster(nodes);
  });

  test("a node that can't be reached is named, and nothing is changed", async (t) => {
    const { nodes, stop } = await freshNodes(2);
    t.after(stop);
    const inputs = declared(nodes, { timeoutSeconds: 2 });
    const nowhere = { url: "http://127.0.0.1:2" };
    await assert.rejects(
      create({ ...inputs, nodes: [...inputs.nodes, nowhere] }),
      /gave up after 2 s: http:\/\/127\.0\.0\.1:2: GET .*check that the node runs/,
    );
    const { cluster_nodes } = await ask<{ cluster_nodes: string[] }>(nodes[0]!, "_membership");
    assert.deepEqual(cluster_nodes, [nodes[0]!.name]);
  });

  test("a name that differs from the declared one is rejected", async (t) => {
    const { nodes, stop } = await freshNodes(1);
    t.after(stop);
    const inputs = declared(nodes);
    await assert.rejects(
      create({ ...inputs, nodes: [{ url: nodes[0]!.url, name: "couchdb@elsewhere" }] }),
      /is declared as couchdb@elsewhere/,
    );
  });

  test("_global_changes is made where asked for, later too", async (t) => {
    const { nodes, stop } = await freshNodes(2);
    t.after(stop);
    const without = await create(declared(nodes));
    await update(without, declared(nodes, { globalChanges: true }));
    assert.ok((await ask<string[]>(nodes[1]!, "_all_dbs")).includes("_global_changes"));
  });

  test("a refresh of a sound cluster finds no drift", async (t) => {
    const { nodes, stop } = await freshNodes(2);
    t.after(stop);
    const outs = await create(declared(nodes));
    assert.deepEqual(await membershipHandler.read!("id", outs), outs);
  });
});
