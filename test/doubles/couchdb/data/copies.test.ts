import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../../eventually";
import type { CouchDbDouble, CouchDbNode } from "..";
import { ask, startJoined } from "./joined-nodes";
import type { Json, JsonObject } from "./json";

describe("the copies of a shard", () => {
  let double: CouchDbDouble;
  let node1: CouchDbNode;
  let node2: CouchDbNode;
  let node3: CouchDbNode;
  before(async () => {
    double = await startJoined(3);
    [node1, node2, node3] = double.nodes as [CouchDbNode, CouchDbNode, CouchDbNode];
  });
  after(() => double.stop());

  const shardOf = async (node: CouchDbNode, database: string) => {
    const { body } = await ask(node, "GET", `/_node/${node.name}/_all_dbs`);
    const name = (body.value as string[]).find((file) => file.includes(`/${database}.`));
    return name === undefined ? undefined : `/_node/${node.name}/${encodeURIComponent(name)}`;
  };
  const countOn = async (node: CouchDbNode, database: string): Promise<Json | undefined> => {
    const shard = await shardOf(node, database);
    return shard === undefined ? undefined : (await ask(node1, "GET", shard)).body.doc_count;
  };

  test("a document has the revision of its content, on every node", async () => {
    await ask(node1, "PUT", "/plain?q=1&n=3");
    const put = await ask(node1, "PUT", "/plain/empty", {});
    assert.equal(put.body.rev, "1-967a00dff5e02add41819138abb3284d");
    const read = await ask(node3, "GET", "/plain/empty");
    assert.equal(read.body._rev, "1-967a00dff5e02add41819138abb3284d");
    const removed = await ask(node2, "DELETE", `/plain/empty?rev=${put.body.rev}`);
    assert.equal(removed.body.rev, "2-eec205a9d413992850a6e32678485900");
  });

  test("a copy that missed writes catches up when its node is back", async () => {
    await ask(node1, "PUT", "/missed?q=1&n=3");
    await node3.kill();
    const put = await ask(node1, "PUT", "/missed/a", {});
    assert.equal(put.status, 201);
    await node3.start();
    await eventually("node3 has the document in its own copy", async () => (await countOn(node3, "missed")) === 1);
  });

  test("below the quorum a write is accepted only, and arrives later", async () => {
    await ask(node1, "PUT", "/lonely?q=1&n=3");
    await Promise.all([node2.kill(), node3.kill()]);
    await eventually("node1 is alone", async () => {
      const { body } = await ask(node1, "GET", "/_membership");
      return (body.all_nodes as Json[]).length === 1;
    });
    const put = await ask(node1, "PUT", "/lonely/a", {});
    assert.equal(put.status, 202);
    await Promise.all([node2.start(), node3.start()]);
    for (const node of [node2, node3]) {
      await eventually(`${node.name} has the document`, async () => (await countOn(node, "lonely")) === 1);
    }
  });

  test("a node added to a shard map by hand gets nothing until _sync_shards", async () => {
    await ask(node1, "PUT", "/drained?q=1&n=1");
    const docs = Array.from({ length: 20 }, (_, i) => ({ _id: `d${i}`, i }));
    await ask(node1, "POST", "/drained/_bulk_docs", { docs });
    // Written to, a shard brings all its holders up to date; the database has to be idle.
    await sleep(1000);
    const { body: map } = await ask(node1, "GET", "/_node/_local/_dbs/drained");
    const byRange = map.by_range as Record<string, string[]>;
    const [range] = Object.keys(byRange) as [string];
    const [holder] = byRange[range] as [string];
    const from = double.nodes.find(({ name }) => name === holder) as CouchDbNode;
    const to = double.nodes.find(({ name }) => name !== holder) as CouchDbNode;
    const changed: JsonObject = {
      ...map,
      by_node: { ...(map.by_node as JsonObject), [to.name]: [range] },
      by_range: { [range]: [holder, to.name] },
      changelog: [...(map.changelog as Json[]), ["add", range, to.name]],
    };
    const put = await ask(node1, "PUT", "/_node/_local/_dbs/drained", changed);
    assert.equal(put.status, 201);

    await eventually("the new holder has an empty file", async () => (await countOn(to, "drained")) === 0);
    await sleep(500);
    assert.equal(await countOn(to, "drained"), 0);
    const reads = await Promise.all(Array.from({ length: 30 }, () => ask(node1, "GET", "/drained/_all_docs")));
    const seen = new Set(reads.map(({ body }) => (body.rows as Json[]).length));
    assert.deepEqual([...seen].sort(), [0, 20], "reads come from the empty copy, too");

    const sync = await ask(node1, "POST", "/drained/_sync_shards", {});
    assert.equal(sync.status, 202);
    await eventually("all documents are copied", async () => (await countOn(to, "drained")) === 20);

    // What the leaving copy has can be compared with what the staying one has, revision by revision.
    const changes = await ask(node1, "GET", `${await shardOf(from, "drained")}/_changes?style=all_docs`);
    const rows = changes.body.results as { id: string; changes: { rev: string }[] }[];
    const revisions = Object.fromEntries(rows.map(({ id, changes: leaves }) => [id, leaves.map(({ rev }) => rev)]));
    assert.equal(rows.length, 20);
    const missing = await ask(node1, "POST", `${await shardOf(to, "drained")}/_revs_diff`, revisions);
    assert.deepEqual(missing, { status: 200, body: {} });
  });

  test("a node back with an empty disk gets its copies again", async () => {
    await ask(node1, "PUT", "/lost?q=1&n=3");
    await ask(node1, "POST", "/lost/_bulk_docs", { docs: [{ _id: "a" }, { _id: "b" }, { _id: "c" }] });
    await node3.reset();
    // The node that joins it again hears of it by hand here; a cluster notices after a while.
    await ask(node3, "PUT", `/_node/_local/_nodes/${node1.name}`, {});
    await eventually("node3 has the documents in its own copy", async () => (await countOn(node3, "lost")) === 3);
  });
});
