/** Nodes that accept connections and never answer: a run still ends soon after its deadline. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type FreshNode, freshDouble } from "../../nodes";
import { gateBefore } from "../gate";
import { create, declared } from "./cluster";

const docker = { docker: true };

/** Nodes that keep all requests from a moment on. */
async function hangingOn(t: TestContext, all: readonly FreshNode[]): Promise<{ nodes: FreshNode[]; hanging: boolean }> {
  const gate = { nodes: [] as FreshNode[], hanging: false };
  gate.nodes = await Promise.all(all.map((node) => gateBefore(t, node, () => gate.hanging)));
  return gate;
}

/** A run that does not end by itself fails its test; a busy machine has time enough. */
const timeout = 120_000;

test("nodes that never answer cost no more than the deadline and one last attempt", { timeout }, async (t) => {
  const { nodes, stop } = await freshDouble([docker, docker]);
  t.after(stop);
  const gate = await hangingOn(t, nodes);
  gate.hanging = true;
  await assert.rejects(create(declared(gate.nodes, { timeoutSeconds: 2 })), /gave up after 2 s: .*no answer in time/);
});

test("nodes that stop answering with records to be removed cost ten seconds more", { timeout }, async (t) => {
  const foreign = { docker: true, cookie: "other" };
  const { nodes, double, stop } = await freshDouble([docker, foreign, foreign, foreign]);
  t.after(stop);
  const gate = await hangingOn(t, nodes);
  const recorded = () => double!.nodes[0]!.requests.filter(({ method }) => method === "PUT").length >= 3;
  const watching = setInterval(() => {
    gate.hanging ||= recorded();
  }, 20);
  t.after(() => clearInterval(watching));
  await assert.rejects(create(declared(gate.nodes, { timeoutSeconds: 10 })), /gave up after 10 s/);
  assert.ok(gate.hanging);
});
