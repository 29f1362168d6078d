import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { JsonObject } from "../objects";
import { lookAtDeployment } from "./deployment";
import { lookAtPod } from "./pod";
import { lookAtIngress, lookAtService } from "./service";
import { lookAtClaim, lookAtJob } from "./simple";
import { lookAtStatefulSet } from "./stateful-set";

const owned = { ownerReferences: [{ uid: "1" }] };

function pod(conditions: JsonObject[], containerStatuses: JsonObject[] = []): JsonObject {
  return { metadata: { name: "p", namespace: "n", ...owned }, status: { conditions, containerStatuses } };
}

const scheduled = { type: "PodScheduled", status: "True" };
const initialized = { type: "Initialized", status: "True" };
const unready = { type: "Ready", status: "False", reason: "ContainersNotReady", message: "containers are not ready" };

describe("a pod", () => {
  const pulling = {
    name: "c",
    ready: false,
    state: { waiting: { reason: "ImagePullBackOff", message: "no such image" } },
  };
  const ended = { reason: "Error", exitCode: 1, finishedAt: "2026-01-01T00:00:00Z" };
  const crashed = { name: "c", ready: false, state: { running: {} }, lastState: { terminated: ended } };
  const unschedulable = {
    type: "PodScheduled",
    status: "False",
    reason: "Unschedulable",
    message: "0/2 nodes are available",
  };
  const cases: [what: string, pod: JsonObject, reasons: string[]][] = [
    ["that no node takes", pod([unschedulable]), ["[Pod n/p]: 0/2 nodes are available"]],
    [
      "without its image",
      pod([scheduled, initialized, unready], [pulling]),
      ["[Pod n/p]: containers are not ready[ImagePullBackOff] no such image"],
    ],
    [
      "that ends",
      pod([scheduled, initialized, unready], [crashed]),
      ['[Pod n/p]: containers are not readycontainer "c" terminated at 2026-01-01T00:00:00Z (Error: exit code 1)'],
    ],
  ];
  for (const [what, object, reasons] of cases)
    it(`${what} is not ready, and says why`, () => {
      assert.equal(lookAtPod(object).ready, false);
      assert.deepEqual(lookAtPod(object).reasons, reasons);
    });

  it("that is ready is ready", () => {
    assert.ok(lookAtPod(pod([scheduled, initialized, { type: "Ready", status: "True" }])).ready);
  });
});

describe("a StatefulSet", () => {
  const set = (generation: number, status: JsonObject, spec: JsonObject = {}): JsonObject => ({
    metadata: { name: "s", uid: "1", generation },
    spec: { replicas: 2, ...spec },
    status: { observedGeneration: generation, currentRevision: "a", updateRevision: "a", ...status },
  });
  const all = { replicas: 2, readyReplicas: 2, currentReplicas: 2 };
  const cases: [what: string, set: JsonObject, ready: boolean][] = [
    ["all pods ready", set(1, all), true],
    ["a pod missing", set(1, { ...all, readyReplicas: 1 }), false],
    [
      "an update that rolls out",
      set(2, { ...all, currentReplicas: 1, updatedReplicas: 1, updateRevision: "b" }),
      false,
    ],
    ["an update that is not seen yet", set(2, { ...all, observedGeneration: 1 }), false],
    [
      "pods that are replaced by hand",
      set(2, { ...all, currentReplicas: 0, updateRevision: "b" }, { updateStrategy: { type: "OnDelete" } }),
      true,
    ],
    ["no pods wanted", set(1, {}, { replicas: 0 }), true],
  ];
  for (const [what, object, ready] of cases)
    it(`with ${what} is ${ready ? "" : "not "}ready`, () => assert.equal(lookAtStatefulSet(object, []).ready, ready));

  it("reports its progress, and its pods' problems", () => {
    const look = lookAtStatefulSet(set(1, { ...all, readyReplicas: 1, updatedReplicas: 2 }), [
      pod([scheduled, initialized, unready]),
    ]);
    assert.deepEqual(look.reasons, [
      "1 out of 2 replicas succeeded readiness checks",
      "[Pod n/p]: containers are not ready",
    ]);
    assert.equal(look.status, "[1/2] Waiting for StatefulSet to create Pods (1/2 Pods ready)");
  });
});

describe("a Deployment", () => {
  const revision = (name: string) => ({ "deployment.kubernetes.io/revision": name });
  const deployment = (name: string, conditions: JsonObject[]): JsonObject => ({
    metadata: { name: "d", uid: "1", generation: 1, annotations: revision(name) },
    status: { observedGeneration: 1, conditions },
  });
  const replicaSet = (name: string, readyReplicas: number): JsonObject => ({
    metadata: { name: "r", uid: "2", annotations: revision(name), ...owned },
    spec: { replicas: 1 },
    status: { readyReplicas },
  });
  const available = { type: "Available", status: "True" };
  const rolledOut = { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable" };
  const cases: [what: string, deployment: JsonObject, replicaSet: JsonObject, ready: boolean][] = [
    ["that is new and available", deployment("1", [available]), replicaSet("1", 1), true],
    ["that is new and has no pods", deployment("1", []), replicaSet("1", 0), false],
    ["that still rolls out", deployment("2", [available]), replicaSet("2", 1), false],
    ["that has rolled out", deployment("2", [available, rolledOut]), replicaSet("2", 1), true],
    ["whose new pods are not there", deployment("2", [available, rolledOut]), replicaSet("1", 1), false],
  ];
  for (const [what, object, set, ready] of cases)
    it(`${what} is ${ready ? "" : "not "}ready`, () =>
      assert.equal(lookAtDeployment(object, { replicaSets: [set], pods: [], claims: [] }).ready, ready));
});

describe("a Service", () => {
  const endpoints = { metadata: { resourceVersion: "7" }, subsets: [{}] };
  const cases: [what: string, spec: JsonObject, endpoints: JsonObject | undefined, ready: boolean][] = [
    ["with pods", { clusterIP: "10.0.0.1" }, endpoints, true],
    ["without pods", { clusterIP: "10.0.0.1" }, { subsets: [] }, false],
    ["without a cluster address", { clusterIP: "None" }, undefined, true],
    ["that is a name outside", { type: "ExternalName" }, undefined, true],
    ["without a load balancer's address", { type: "LoadBalancer" }, endpoints, false],
  ];
  for (const [what, spec, object, ready] of cases)
    it(`${what} is ${ready ? "" : "not "}ready`, () => assert.equal(lookAtService({ spec }, object).ready, ready));
});

describe("other kinds", () => {
  it("an Ingress waits for an address", () => {
    const rules = [{ http: { paths: [{ backend: { service: { name: "web" } } }] } }];
    const ingress = { spec: { rules }, status: { loadBalancer: { ingress: [{ ip: "1.2.3.4" }] } } };
    assert.deepEqual(
      [lookAtIngress(ingress, ["web"], []).ready, lookAtIngress({ spec: { rules } }, [], []).ready],
      [true, false],
    );
    assert.equal(lookAtIngress(ingress, [], []).settling, "web");
  });

  it("a claim is bound, or pending where its class waits for a pod", () => {
    const pending = { status: { phase: "Pending" } };
    assert.equal(lookAtClaim(pending, { volumeBindingMode: "Immediate" }).ready, false);
    assert.equal(lookAtClaim(pending, { volumeBindingMode: "WaitForFirstConsumer" }).ready, true);
  });

  it("a Job that has failed is waited for no longer", () => {
    const failed = { type: "Failed", status: "True", reason: "BackoffLimitExceeded", message: "too often" };
    assert.equal(lookAtJob({ status: { conditions: [failed] } }).failed, "[BackoffLimitExceeded] too often");
  });
});
