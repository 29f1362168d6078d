/** The comparison itself: what it must let pass, and what it must not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { compare } from "./compare";
import { parseEvent } from "./events";
import { isOnTheWay, isStillShort } from "./membership";
import { plan } from "./plan";
import { type Answer, type Exchange, exchangesOf, loadRecordings } from "./recording";
import { Values } from "./values";

const UUID = "00000000000000000000000000000001";
const OTHER_UUID = "00000000000000000000000000000002";

function exchange(answer: Partial<Exchange>): Exchange {
  const request = { n: 1, node: "node1", auth: "admin", method: "GET", path: "/", request_headers: {} };
  return { ...request, status: 200, ...answer };
}

function differences(recorded: Partial<Exchange>, got: Answer, values = new Values()): string[] {
  const comparison = compare(exchange(recorded), got, values);
  for (const [from, to] of comparison.learned) values.set(from, to);
  return comparison.differences.map(({ at }) => at);
}

test("a missing, an additional and another member are differences", () => {
  const response_body = { a: 1, b: { c: "x" } };
  assert.deepEqual(differences({ response_body }, { status: 200, response_body }), []);
  assert.deepEqual(differences({ response_body }, { status: 200, response_body: { a: 1, b: {} } }), ["/b/c"]);
  assert.deepEqual(differences({ response_body }, { status: 200, response_body: { ...response_body, d: 1 } }), ["/d"]);
  assert.deepEqual(differences({ response_body }, { status: 201, response_body: { a: 2, b: { c: "x" } } }), [
    "status",
    "/a",
  ]);
});

test("a value that varies must be of the same kind, and the same again once it is known", () => {
  const recorded = { response_body: { id: UUID }, varies: ["/id"] };
  const values = new Values();
  assert.deepEqual(differences(recorded, { status: 200, response_body: { id: "junk" } }, values), ["/id"]);
  assert.deepEqual(differences(recorded, { status: 200, response_body: { id: OTHER_UUID } }, values), []);
  assert.equal(values.inText(`/db/${UUID}`), `/db/${OTHER_UUID}`);
  assert.deepEqual(differences(recorded, { status: 200, response_body: { id: UUID } }, values), ["/id"]);
});

test("a revision must be the recorded one, but for documents with a salt or a time in them", () => {
  const response_body = { rev: `1-${UUID}` };
  const got = { status: 200, response_body: { rev: `1-${OTHER_UUID}` } };
  const varies = ["/rev"];
  assert.deepEqual(differences({ response_body, varies }, got), ["/rev"]);
  assert.deepEqual(differences({ response_body, varies, path: "/_users/org.couchdb.user:bob" }, got), []);
  assert.deepEqual(
    differences({ response_body, varies, path: "/_users/x" }, { ...got, response_body: { rev: "2-x" } }),
    ["/rev"],
  );
});

test("a connection that is closed or kept against the recording, and another content type, are differences", () => {
  const json = { "content-type": "application/json" };
  const closing = { ...json, connection: "close" };
  const got = (response_headers: Record<string, string>) => ({ status: 200, response_headers });
  assert.deepEqual(differences({ response_headers: json }, got({ ...json, connection: "keep-alive" })), []);
  assert.deepEqual(differences({ response_headers: closing }, got(json)), ["header connection: close"]);
  assert.deepEqual(differences({ response_headers: json }, got({ "content-type": "text/plain" })), [
    "header content-type",
  ]);
});

test("an answer seen in another recording is as good", () => {
  const also_seen = [{ status: 409, response_body: { error: "conflict" } }];
  const recorded = { status: 201, response_body: { ok: true }, also_seen };
  assert.deepEqual(differences(recorded, { status: 409, response_body: { error: "conflict" } }), []);
  assert.deepEqual(differences(recorded, { status: 409, response_body: { error: "other" } }).length > 0, true);
});

test("the copies of a shard may come in any order, other lists may not", () => {
  const shards = { shards: { "00000000-ffffffff": ["b", "a"] } };
  const swapped = { shards: { "00000000-ffffffff": ["a", "b"] } };
  assert.deepEqual(differences({ response_body: shards }, { status: 200, response_body: swapped }), []);
  assert.notDeepEqual(differences({ response_body: ["b", "a"] }, { status: 200, response_body: ["a", "b"] }), []);
});

test("every event of the recordings is known, and every exchange is in the plan", () => {
  for (const recording of loadRecordings()) {
    assert.doesNotThrow(() => plan(recording, new Set()), recording.name);
    assert.ok(exchangesOf(recording).length > 0);
  }
  const action = parseEvent("fresh 2 --docker --name node2=couchdb@127.0.0.1 --ini *:cluster/seedlist=a,b");
  assert.ok(action.do === "fresh" && action.docker);
  assert.equal(action.nodes.node2?.name, "couchdb@127.0.0.1");
  assert.deepEqual(action.nodes.node1?.ini, { cluster: { seedlist: "a,b" } });
});

test("a view of the members may lie between two recorded ones, but not beside them", () => {
  const view = (all_nodes: string[], cluster_nodes: string[]) => ({
    status: 200,
    response_body: { all_nodes, cluster_nodes },
  });
  const [alone, both] = [view(["a"], ["a"]), view(["a", "b"], ["a", "b"])];
  const values = new Values();
  assert.ok(isOnTheWay(alone, both, view(["a", "b"], ["a"]), values));
  assert.ok(!isOnTheWay(alone, both, view(["b"], ["a"]), values));
  assert.ok(!isOnTheWay(alone, both, view(["a", "c"], ["a"]), values));
  assert.ok(isStillShort(both, view(["a", "b"], ["b"]), values));
  assert.ok(!isStillShort(both, both, values));
  assert.ok(!isStillShort(both, view(["a", "c"], ["a"]), values));
  assert.ok(!isStillShort(both, { status: 401, response_body: { error: "unauthorized" } }, values));
});
