/** What the program writes of a Lease, and whose it is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApiRequest } from "../../components/runtime/api-server";
import { Leadership, type Lease } from "../../components/runtime/lease";
import { eventually } from "../eventually";

const owner = { name: "hook", uid: "an-account" };
const spec = { holderIdentity: "", leaseDurationSeconds: 1 };

/** Leads for a moment, and returns what came of the Lease. */
async function led(stored: Lease | undefined): Promise<Lease | undefined> {
  let lease = stored;
  const api = {
    ask: async ({ method, body }: Omit<ApiRequest, "deadline">) => {
      if (method === "GET" && lease === undefined) return { status: 404, text: "" };
      if (method !== "GET") lease = structuredClone(body) as Lease;
      return { status: 200, text: JSON.stringify(lease) };
    },
  };
  const place = { name: "hook", namespace: "tools", owner };
  const leadership = new Leadership(api, place, "me", { leading: () => {}, trouble: assert.fail });
  leadership.start();
  await eventually("it leads", () => leadership.leads);
  await leadership.stop();
  return lease;
}

test("one that is made goes with the ServiceAccount", async () => {
  const { metadata, spec } = (await led(undefined))!;
  const ownerReferences = [{ apiVersion: "v1", kind: "ServiceAccount", ...owner }];
  assert.deepEqual(metadata, { name: "hook", namespace: "tools", ownerReferences });
  assert.equal(spec.holderIdentity, "", "given back");
});

for (const others of [{}, { labels: { team: "data" } }, { ownerReferences: [{ kind: "Deployment", name: "it" }] }])
  test(`one that is there keeps what it has: ${JSON.stringify(others)}`, async () => {
    const metadata = { name: "hook", namespace: "tools", resourceVersion: "1", ...others };
    assert.deepEqual((await led({ metadata, spec }))!.metadata, metadata);
  });
