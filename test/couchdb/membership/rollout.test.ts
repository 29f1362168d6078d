import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { V1Pod, V1StatefulSet } from "../../../components/clients/kubernetes/client-library";
import { assertSame, rolloutState } from "../../../components/couchdb/membership/rollout";

const statefulSet = (observedGeneration: number, updateStrategy: object = { type: "RollingUpdate" }) =>
  ({ spec: { updateStrategy }, status: { observedGeneration, updateRevision: "new" } }) as unknown as V1StatefulSet;

const pod = (revision: string, more: object = {}) =>
  ({ metadata: { labels: { "controller-revision-hash": revision }, ...more } }) as unknown as V1Pod;

const mixed = { "orders-0": pod("old"), "orders-1": pod("new"), "orders-2": pod("new") };

describe("how far a rollout is", () => {
  const cases: [
    title: string,
    statefulSet: V1StatefulSet,
    pods: Record<string, V1Pod | undefined>,
    outdated: string[],
  ][] = [
    ["one is left", statefulSet(2), mixed, ["orders-0"]],
    ["none is left", statefulSet(2), { "orders-0": pod("new") }, []],
    ["the controller has not heard of it", statefulSet(1), { "orders-0": pod("new") }, ["orders-0"]],
    ["the controller is further", statefulSet(3), { "orders-0": pod("new") }, []],
    [
      "one is being deleted",
      statefulSet(2),
      { "orders-0": pod("new", { deletionTimestamp: new Date() }) },
      ["orders-0"],
    ],
    ["one is not there", statefulSet(2), { "orders-0": undefined }, ["orders-0"]],
    ["a staged one", statefulSet(2, { type: "RollingUpdate", rollingUpdate: { partition: 1 } }), mixed, []],
    ["one by hand", statefulSet(2, { type: "OnDelete" }), mixed, []],
  ];
  for (const [title, set, pods, outdated] of cases)
    test(title, () => assert.deepEqual(rolloutState(set, 2, pods).outdated, outdated));
});

test("existing pods are replaced whatever problem they have, unless they are started in order", () => {
  const pods = { "orders-0": pod("old"), "orders-1": undefined, "orders-2": pod("new") };
  const started = (podManagementPolicy: string) => {
    const { spec, status } = statefulSet(2);
    return { spec: { ...spec, podManagementPolicy }, status } as unknown as V1StatefulSet;
  };
  assert.deepEqual(rolloutState(started("Parallel"), 2, pods).aboutToGo, ["orders-0"]);
  assert.deepEqual(rolloutState(started("OrderedReady"), 2, pods).aboutToGo, []);
});

test("a StatefulSet of the same name in another cluster is rejected, with the remedy", () => {
  const found = { metadata: { uid: "theirs" } } as unknown as V1StatefulSet;
  const rollout = { statefulSet: "orders", namespace: "shop", generation: 1 };
  assertSame(found, rollout);
  assertSame(found, { ...rollout, uid: "theirs" });
  assert.throws(() => assertSame(found, { ...rollout, uid: "ours" }), /shop\/orders .*another cluster.*`kubeconfig`/);
});
