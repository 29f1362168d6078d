import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { notFull, type ShardMap, shardName, withMissingCopies } from "../../../components/couchdb/join/copies";

/** The map of a database whose shards are on these nodes: `{ low: "ab", high: "a" }`. */
function mapOf(shards: Record<string, string>): ShardMap {
  const map: ShardMap = {
    _id: "_users",
    _rev: "1-a",
    shard_suffix: [46, 49],
    changelog: [],
    by_node: {},
    by_range: {},
  };
  for (const [range, letters] of Object.entries(shards)) {
    map.by_range[range] = [...letters];
    for (const node of letters) {
      map.by_node[node] = [...(map.by_node[node] ?? []), range];
      map.changelog.push(["add", range, node]);
    }
  }
  return map;
}

describe("copies are added where some are missing", () => {
  const cases: [
    title: string,
    before: Record<string, string>,
    members: string,
    after: Record<string, string> | undefined,
  ][] = [
    ["a database of a single node", { low: "a", high: "a" }, "abc", { low: "abc", high: "abc" }],
    ["only as many as there are members", { low: "a", high: "a" }, "ab", { low: "ab", high: "ab" }],
    ["only the ranges that lack some", { low: "abc", high: "ab" }, "abc", { low: "abc", high: "abc" }],
    ["on the members that have the fewest", { low: "abc", high: "a" }, "abcd", { low: "abc", high: "adb" }],
    ["none where all are there", { low: "abc", high: "bcd" }, "abcd", undefined],
    ["none is ever taken away", { low: "abcd" }, "abcd", undefined],
  ];
  for (const [title, before, members, after] of cases)
    test(title, () => {
      const given = mapOf(before);
      const extended = withMissingCopies(given, [...members], 3);
      assert.deepEqual(given, mapOf(before), "the given map is left as it is");
      assert.deepEqual(extended?.by_range, after && mapOf(after).by_range);
      if (!extended || !after) return;
      for (const [node, ranges] of Object.entries(mapOf(after).by_node))
        assert.deepEqual([...extended.by_node[node]!].sort(), [...ranges].sort(), node);
      const added = extended.changelog.slice(given.changelog.length);
      assert.ok(added.every(([action, range, node]) => action === "add" && !before[range]!.includes(node)));
    });
});

test("a copy lacks something while it has fewer documents than the fullest had", () => {
  const first = { low: { a: 5, b: 0 }, high: { a: 2, b: 2 } };
  assert.deepEqual(notFull(first, first), ["b"]);
  assert.deepEqual(notFull({ low: { a: 9, b: 5 }, high: { a: 2, b: 2 } }, first), []);
});

test("a shard's local name is made of range, database and suffix", () => {
  assert.equal(
    shardName(mapOf({ "00000000-7fffffff": "a" }), "00000000-7fffffff"),
    "shards/00000000-7fffffff/_users.1",
  );
});
