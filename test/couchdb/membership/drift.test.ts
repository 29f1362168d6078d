import assert from "node:assert/strict";
import { test } from "node:test";
import { findings } from "../../../components/couchdb/membership/drift";
import { finished, joined, nameOf } from "../join/observations";

const before = {
  members: ["a", "b"].map(nameOf),
  recorded: ["a", "b"].map(nameOf),
  uuid: "one",
  versions: ["3.5.0"],
  drift: [],
};

test("a sound cluster is found as it was", () => {
  assert.deepEqual(findings(finished("ab"), before), before);
});

test("a node that can't be seen is not a member, but stays on record", () => {
  const [a] = finished("ab", { connected: [nameOf("a")] });
  const found = findings([a!, new Error("b: connection refused")], before);
  assert.deepEqual([found.members, found.recorded], [[nameOf("a")], before.recorded]);
  assert.deepEqual(found.drift, ["b: connection refused", "couchdb@a is not connected to couchdb@b"]);
});

test("a member that was added by others is drift, and not ours to remove", () => {
  const found = findings(finished("abx").slice(0, 2), before);
  assert.deepEqual(found.recorded, before.recorded);
  assert.match(found.drift.join(), /couchdb@a still lists couchdb@x, which is not declared/);
});

test("nodes that are not finished are drift", () => {
  assert.match(findings(joined("ab"), before).drift.join(), /couchdb@a does not say that the cluster is finished/);
});

test("with no node in sight, what was known stays known", () => {
  const found = findings([new Error("a"), new Error("b")], before);
  assert.deepEqual(found, { ...before, members: [], drift: ["a", "b"] });
});
