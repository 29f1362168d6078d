import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Spread, spreadOf } from "../../components/kubernetes/spread";

describe("spread", () => {
  const labels = { app: "couchdb" };

  test("required: never two on one host, zones evenly as far as they have room", () => {
    const { affinity, topologySpreadConstraints } = spreadOf(Spread.Required, labels, "zone");
    assert.deepEqual(affinity, {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { labelSelector: { matchLabels: labels }, topologyKey: "kubernetes.io/hostname" },
        ],
      },
    });
    assert.deepEqual(topologySpreadConstraints, [
      { maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "ScheduleAnyway", labelSelector: { matchLabels: labels } },
    ]);
  });

  test("preferred: two on one host where there is no other", () => {
    assert.deepEqual(spreadOf(Spread.Preferred, labels).affinity, {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 100,
            podAffinityTerm: { labelSelector: { matchLabels: labels }, topologyKey: "kubernetes.io/hostname" },
          },
        ],
      },
    });
  });

  test("none: anywhere", () => assert.deepEqual(spreadOf(Spread.None, labels), {}));
});
