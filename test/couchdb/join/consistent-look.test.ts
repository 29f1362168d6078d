/** What nodes say at different moments may contradict itself while others join them. */
import assert from "node:assert/strict";
import { createServer, request as forward } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { type FreshNode, freshDouble } from "../../nodes";
import { create, declared } from "./cluster";

/** A node whose first answer on its members is of a moment before the others: it tells of these alone. */
async function outdatedOnce(t: TestContext, node: FreshNode, members: readonly FreshNode[]): Promise<FreshNode> {
  const names = members.map(({ name }) => name);
  let isOutdated = true;
  const server = createServer((request, response) => {
    if (request.url === "/_membership" && isOutdated) {
      isOutdated = false;
      const answer = response.writeHead(200, { "content-type": "application/json" });
      return answer.end(JSON.stringify({ all_nodes: names, cluster_nodes: names }));
    }
    const { method, headers } = request;
    const inner = forward(new URL(request.url!, node.url), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    return request.pipe(inner);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { ...node, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
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
