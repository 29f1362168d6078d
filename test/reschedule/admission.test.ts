import assert from "node:assert/strict";
import { test } from "node:test";
import { BadReview, parseReview } from "../../components/reschedule/program/admission";

const read = (request: object) =>
  parseReview(JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request }));
const eviction = (metadata: object) => ({ apiVersion: "policy/v1", kind: "Eviction", metadata });
const pod = { namespace: "shop", name: "db-0" };

for (const [what, request] of [
  ["the request", pod],
  ["the Eviction", { object: eviction(pod) }],
  ["the request, as the Eviction has no name", { ...pod, object: eviction({ creationTimestamp: null }) }],
  ["both", { ...pod, object: eviction(pod) }],
  ["each of them a part", { namespace: "shop", object: eviction({ name: "db-0" }) }],
  ["the Eviction, where they differ", { namespace: "a", name: "b", object: eviction(pod) }],
] as const)
  test(`the pod is named by ${what}`, () => {
    const expected = { uid: "a-uid", ...pod, dryRun: false, eviction: true };
    assert.deepEqual(read({ uid: "a-uid", ...request }), expected);
  });

for (const request of [
  { uid: "a-uid" },
  { ...pod, object: "db-0" },
  { ...pod, object: { metadata: [] } },
  { ...pod, object: eviction({ name: 7 }) },
])
  test(`rejected: ${JSON.stringify(request)}`, () => assert.throws(() => read(request), BadReview));

for (const [what, request] of [
  ["the request", { kind: { group: "policy", version: "v1", kind: "Eviction" }, ...pod }],
  ["the Eviction itself", { object: eviction(pod) }],
] as const)
  for (const resource of ["pods", "pods/eviction"])
    test(`of ${resource}, an eviction by the kind in ${what}`, () => {
      const named = { operation: "CREATE", resource: { group: "", version: "v1", resource }, ...request };
      assert.deepEqual(read(named), { uid: "", ...pod, dryRun: false, eviction: true });
      assert.equal(read({ ...named, operation: "DELETE" }).eviction, false);
    });

test("a request other than an eviction may be about anything", () => {
  const request = { operation: "CREATE", resource: { group: "", version: "v1", resource: "pods" }, object: {} };
  assert.equal(read({ ...request, subResource: "binding" }).eviction, false);
  assert.equal(read({ ...request, operation: "DELETE", object: null, oldObject: {} }).eviction, false);
});
