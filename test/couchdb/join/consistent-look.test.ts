/** What nodes say at different moments may contradict itself while others join them. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type FreshNode, freshDouble } from "../../nodes";
import { gateBefore } from "../gate";
import { create, declared } from "./cluster";

/** A node whose first answer on its members is of a moment before the others: it tells of these alone. */
function outdatedOnce(t: TestContext, node: FreshNode, members: readonly FreshNode[]): Promise<FreshNode> {
  const names = members.map(({ name }) => name);
  let isOutdated = true;
  return gateBefore(t, node, ({ url }, response) => {
    if (url !== "/_membership" || !isOutdated) return false;
    isOutdated = false;
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ all_nodes: names, cluster_nodes: names }));
    return true;
  });
}

test("a node that was joined while it was looked at is not taken for another cluster's", async (t) => {
  const { nodes, stop } = await freshDouble([{}, {}, {}]);
  t.after(stop);
  await create(declared(nodes));
  const before = (node: FreshNode) => (node === nodes[2] ? [node] : nodes.slice(0, 2));
  const outdated = await Promise.all(nodes.map((node) => outdatedOnce(t, node, before(node))));
  const { members } = await create(declared(outdated, { waitOnly: true }));
  assert.equal(members.length, 3);
});

test("another cluster's node is rejected at the second look, before anything is changed", async (t) => {
  const { nodes, double, stop } = await freshDouble([{}, {}, {}]);
  t.after(stop);
  await create(declared(nodes.slice(0, 2)));
  await create(declared(nodes.slice(2)));
  const { length } = double!.nodes[0]!.requests;
  await assert.rejects(create(declared(nodes)), /belong to different clusters that hold databases of their own/);
  const looks = double!.nodes[0]!.requests.slice(length);
  assert.equal(looks.filter(({ path }) => path === "/_membership").length, 2);
  assert.deepEqual([...new Set(looks.map(({ method }) => method))], ["GET"]);
});
