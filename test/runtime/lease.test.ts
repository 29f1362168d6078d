/** When the Lease is claimed, what is written into it, and what is left as it was. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApiRequest } from "../../components/runtime/api-server";
import { claim, LeaderElection, type Lease } from "../../components/runtime/lease";
import { eventually } from "../eventually";

const owner = { apiVersion: "v1", kind: "ServiceAccount", name: "hook", uid: "an-account" };
const stored = {
  name: "hook",
  namespace: "tools",
  uid: "a-lease",
  resourceVersion: "1",
  creationTimestamp: "2024-01-01T00:00:00Z",
};

/** Leads for a moment, and returns what became of the Lease. */
async function led(before: Lease | undefined): Promise<Lease | undefined> {
  let lease = before;
  const api = {
    request: async ({ method, body }: Omit<ApiRequest, "deadline">) => {
      if (method === "GET" && lease === undefined) return { status: 404, text: "" };
      if (method !== "GET") lease = structuredClone(body) as Lease;
      return { status: 200, text: JSON.stringify(lease) };
    },
  };
  const place = { name: "hook", namespace: "tools", owner };
  const election = new LeaderElection(api, place, "me", { leading: () => {}, problem: assert.fail });
  election.start();
  await eventually("it leads", () => election.leads);
  await election.stop();
  return lease;
}

test("that it ceased to lead is reported, also where that was between two rounds", async (t) => {
  let now = 0;
  t.mock.method(performance, "now", () => now);
  let answers = true;
  const api = {
    request: async ({ method }: Omit<ApiRequest, "deadline">) => {
      if (!answers) throw new Error("connection refused");
      return { status: method === "GET" ? 404 : 201, text: "" };
    },
  };
  const reports: boolean[] = [];
  const leading = (leads: boolean) => void reports.push(leads);
  const election = new LeaderElection(api, { name: "hook", namespace: "tools" }, "me", { leading, problem: () => {} });
  election.start();
  await eventually("it leads", () => reports.length === 1);
  answers = false;
  now = 10_001;
  await eventually("it is reported", () => reports.length === 2);
  await election.stop();
  assert.deepEqual(reports, [true, false]);
});

test("a new Lease has the owner, and is released in the end", async () => {
  const { metadata, spec } = (await led(undefined))!;
  assert.deepEqual(metadata, { name: "hook", namespace: "tools", ownerReferences: [owner] });
  assert.equal(spec?.holderIdentity, "");
});

for (const others of [{}, { labels: { team: "data" } }, { ownerReferences: [{ ...owner, kind: "Deployment" }] }])
  test(`an existing Lease keeps its metadata: ${JSON.stringify(others)}`, async () => {
    const metadata = { ...stored, ...others };
    const spec = { holderIdentity: "", leaseDurationSeconds: 1 };
    assert.deepEqual((await led({ metadata, spec }))!.metadata, metadata);
  });

function lease(holderIdentity: string, leaseDurationSeconds = 15): Lease {
  return { metadata: stored, spec: { holderIdentity, leaseDurationSeconds, acquireTime: "then", leaseTransitions: 3 } };
}

for (const [what, held, seen, now, transitions] of [
  ["there is none", undefined, undefined, 0, 0],
  ["it is ours", lease("me"), 0, 5_000, 3],
  ["it was ours once, long ago", lease("me"), 0, 500_000, 3],
  ["another's", lease("other"), 0, 14_000, undefined],
  ["another's, seen for the first time", lease("other"), undefined, 1e9, undefined],
  ["another's, not renewed", lease("other"), 0, 15_001, 4],
  ["released", lease("", 1), 0, 1, 4],
] as const)
  test(`the Lease: ${what}`, () => {
    const sighting = seen === undefined ? undefined : { resourceVersion: "1", at: seen };
    const spec = claim(held, "me", sighting, now);
    assert.equal(spec?.leaseTransitions, transitions);
    if (spec) assert.deepEqual([spec.holderIdentity, spec.leaseDurationSeconds], ["me", 15]);
    if (held?.spec?.holderIdentity === "me") assert.equal(spec?.acquireTime, "then");
  });
