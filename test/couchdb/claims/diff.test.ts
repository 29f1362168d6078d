import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { volumeClaimsHandler } from "../../../components/couchdb/claims/handler";
import type { VolumeClaimsInputs, VolumeClaimsOutputs } from "../../../components/couchdb/claims/inputs";

const inputs: VolumeClaimsInputs = {
  namespace: "shop",
  statefulSet: "orders",
  claimTemplate: "data",
  replicas: 2,
  size: "10Gi",
  kubernetes: { kubeconfig: "one" },
};
const claims = { "data-orders-0": "10Gi", "data-orders-1": "10Gi" };

describe("what is a change of volume claims", () => {
  const cases: [title: string, olds: Partial<VolumeClaimsOutputs>, news: Partial<VolumeClaimsInputs>, boolean][] = [
    ["nothing", {}, {}, false],
    ["another size", {}, { size: "20Gi" }, true],
    ["one more", {}, { replicas: 3 }, true],
    ["another deadline", {}, { timeoutSeconds: 60 }, false],
    ["another kubeconfig, by which the next refresh goes", {}, { kubernetes: { kubeconfig: "two" } }, true],
    ["a refresh that found one missing", { claims: { "data-orders-0": "10Gi" } }, {}, true],
    ["a refresh that found one larger", { claims: { ...claims, "data-orders-1": "20Gi" } }, {}, false],
  ];
  for (const [title, olds, news, changes] of cases)
    test(`${title}: ${changes}`, () => {
      const found = volumeClaimsHandler.diff!({ ...inputs, claims, ...olds }, { ...inputs, ...news });
      assert.equal(found.changes, changes);
    });
});
