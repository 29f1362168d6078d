/** Nodes that accept connections and never answer: a run still ends soon after its deadline. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request as forward } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { type FreshNode, freshDouble } from "../../nodes";
import { create, declared } from "./cluster";

const docker = { docker: true };

/** What stands before nodes, and can keep all requests from then on. */
interface Gate {
  nodes: FreshNode[];
  hanging: boolean;
}

async function gateBefore(t: TestContext, nodes: readonly FreshNode[]): Promise<Gate> {
  const gate: Gate = { nodes: [], hanging: false };
  for (const node of nodes) {
    const server = createServer((request, response) => {
      if (gate.hanging) return;
      const forwarded = forward(node.url + request.url, { method: request.method, headers: request.headers });
      forwarded.on("response", (answer) => answer.pipe(response.writeHead(answer.statusCode!, answer.headers)));
      request.pipe(forwarded);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    gate.nodes.push({ ...node, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  }
  return gate;
}

/** A run that does not end by itself fails its test; a busy machine has time enough. */
const timeout = 120_000;

test("nodes that never answer cost no more than the deadline and one last attempt", { timeout }, async (t) => {
  const { nodes, stop } = await freshDouble([docker, docker]);
  t.after(stop);
  const gate = await gateBefore(t, nodes);
  gate.hanging = true;
  await assert.rejects(create(declared(gate.nodes, { timeoutSeconds: 2 })), /gave up after 2 s: .*no answer in time/);
});

test("nodes that stop answering with records to be removed cost ten seconds more", { timeout }, async (t) => {
  const foreign = { docker: true, cookie: "other" };
  const { nodes, double, stop } = await freshDouble([docker, foreign, foreign, foreign]);
  t.after(stop);
  const gate = await gateBefore(t, nodes);
  const recorded = () => double!.nodes[0]!.requests.filter(({ method }) => method === "PUT").length >= 3;
  const watching = setInterval(() => {
    gate.hanging ||= recorded();
  }, 20);
  t.after(() => clearInterval(watching));
  await assert.rejects(create(declared(gate.nodes, { timeoutSeconds: 10 })), /gave up after 10 s/);
  assert.ok(gate.hanging);
});
