import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseDocument } from "./document";
import { LocalStore } from "./local-store";
import { nextRevision } from "./revision";
import { keyRanges, planShards, rangeOf } from "./shard-map";

describe("a node's document store", () => {
  const put = (store: LocalStore, document: { _id: string; _rev?: string; [field: string]: unknown }) =>
    store.update([parseDocument(document)], "interactive")[0];

  test("revisions are those of CouchDB", () => {
    const edit = (body: Record<string, string | number | number[]>, deleted = false) => ({
      body,
      deleted,
      attachments: [],
    });
    assert.equal(nextRevision(undefined, edit({ of: "node2" })), "1-8d3531ed37107449bea2a01d63f06794");
    assert.equal(nextRevision(undefined, edit({ v: 1, type: "x" })), "1-8c41bc8369195a76b10fceb57c2cabd2");
    assert.equal(
      nextRevision("1-8c41bc8369195a76b10fceb57c2cabd2", edit({ v: 2, type: "x" })),
      "2-59c6cc9df7a7143ec607c11adac84a7a",
    );
  });

  test("an edit must be based on a leaf", () => {
    const store = new LocalStore("db");
    const first = put(store, { _id: "a" });
    assert.deepEqual(first, { rev: "1-967a00dff5e02add41819138abb3284d" });
    assert.deepEqual(put(store, { _id: "a" }), { error: "conflict", reason: "Document update conflict." });
  });

  test("a deleted document can be made again, its history going on", () => {
    const store = new LocalStore("db");
    put(store, { _id: "a" });
    put(store, { _id: "a", _rev: "1-967a00dff5e02add41819138abb3284d", _deleted: true });
    const again = put(store, { _id: "a" });
    assert.deepEqual(again, { rev: "3-5570e8bbb34412db757c2df4bfa1099b" });
  });

  test("of two replicated branches every copy shows the same winner, and the other as a conflict", () => {
    const branches = ["2-aaaa", "2-bbbb"].map((_rev) =>
      parseDocument({ _id: "a", _rev, _revisions: { start: 2, ids: [_rev.slice(2), "1111"] } }),
    );
    for (const order of [branches, [...branches].reverse()]) {
      const store = new LocalStore("db");
      for (const edit of order) store.update([edit], "replicated");
      assert.deepEqual(
        store.openLeaves("a").map(({ rev }) => rev),
        ["2-bbbb", "2-aaaa"],
      );
      assert.equal(store.info().doc_count, 1);
    }
  });
});

describe("shard maps", () => {
  const plan = { database: "db", shards: 2, copies: 3, partitioned: false, createdAt: 0 };

  test("the hash space is cut evenly", () => {
    assert.deepEqual(keyRanges(2), ["00000000-7fffffff", "80000000-ffffffff"]);
    assert.deepEqual(keyRanges(3), ["00000000-55555555", "55555556-aaaaaaab", "aaaaaaac-ffffffff"]);
  });

  test("more copies than nodes are silently fewer", () => {
    const { ranges } = planShards({ ...plan, nodes: ["a", "b"] });
    assert.deepEqual(Object.values(ranges), [
      ["a", "b"],
      ["a", "b"],
    ]);
  });

  test("a document is where its id's checksum says", () => {
    const map = planShards({ ...plan, shards: 4, nodes: ["a"] });
    assert.equal(rangeOf(map, "docid"), "40000000-7fffffff");
  });
});
