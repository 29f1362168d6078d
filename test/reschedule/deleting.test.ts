import assert from "node:assert/strict";
import { test } from "node:test";
import type { V1LabelSelector } from "../../components/clients/kubernetes/client-library";
import { choose, isMarked, ownerOf, type Pod } from "../../components/reschedule/program/deleting/choose";
import { selectorText } from "../../components/reschedule/program/deleting/selector";

const annotation = { key: "move", value: "true" };

/** A pod by its name and letters: `m`arked, `r`eady, about to `e`nd, `f`ailed, `s`ucceeded. */
function pod(text: string): Pod {
  const [name, letters = ""] = text.split(":") as [string, string?];
  const is = (letter: string) => letters.includes(letter);
  return {
    metadata: {
      name,
      namespace: "shop",
      uid: name,
      resourceVersion: "1",
      creationTimestamp: "2024-01-01T00:00:00Z",
      annotations: is("m") ? { move: "true" } : {},
      ...(is("e") && { deletionTimestamp: "2024-01-01T00:00:00Z" }),
    },
    status: {
      phase: is("f") ? "Failed" : is("s") ? "Succeeded" : "Running",
      conditions: [{ type: "Ready", status: is("r") ? "True" : "False" }],
    },
  };
}

for (const [what, pods, replicas, expected] of [
  ["none is marked", ["a:r", "b:r"], 2, undefined],
  ["the first by name", ["c:mr", "b:mr", "a:r"], 3, "b"],
  ["a peer is not ready", ["a:mr", "b", "c:r"], 3, undefined],
  ["a peer is missing", ["a:mr", "b:r"], 3, undefined],
  ["a peer ends", ["a:mr", "b:r", "c:re"], 2, undefined],
  ["it ends already", ["a:mre", "b:r", "c:r"], 3, undefined],
  ["it is not ready itself", ["a:m", "b:r"], 2, "a"],
  ["one is not ready, and goes first", ["a:mr", "b:m"], 2, "b"],
  ["two are not ready", ["a:m", "b:m"], 2, undefined],
  ["more than declared", ["a:mr", "b:r", "c:r"], 2, "a"],
  ["alone", ["a:mr"], 1, "a"],
  ["one has failed, and another is in its place", ["a:mr", "b:r", "c:f"], 2, "a"],
  ["one has succeeded, and is missed", ["a:mr", "b:s"], 2, undefined],
  ["it has failed itself, and goes at once", ["a:mr", "b", "c:mf"], 3, "c"],
  ["it has failed itself, and ends already", ["a:mr", "b:r", "c:mfe"], 2, "a"],
] as const)
  test(`which pod to delete: ${what}`, () => {
    const chosen = choose(pods.map(pod), replicas, (candidate) => isMarked(candidate, annotation));
    assert.equal(chosen?.metadata.name, expected);
  });

test("only pods that a controller replaces have an owner", () => {
  for (const [apiVersion, kind, controller, expected] of [
    ["apps/v1", "StatefulSet", true, "it"],
    ["apps/v1", "ReplicaSet", true, "it"],
    ["apps/v1", "StatefulSet", false, undefined],
    ["apps.kruise.io/v1beta1", "StatefulSet", true, undefined],
    ["batch/v1", "Job", true, undefined],
    ["couchbase.com/v2", "CouchbaseCluster", true, undefined],
  ] as const) {
    const owned = pod("a");
    owned.metadata.ownerReferences = [{ apiVersion, kind, controller, name: "it", uid: "it" }];
    assert.equal(ownerOf(owned)?.name, expected);
  }
});

test("a workload's pods are listed by its own selector", () => {
  const expressions = [
    { key: "tier", operator: "In", values: ["db", "cache"] },
    { key: "old", operator: "NotIn", values: ["true"] },
    { key: "app", operator: "Exists" },
    { key: "test", operator: "DoesNotExist" },
  ];
  const cases: [V1LabelSelector, string][] = [
    [{ matchLabels: { app: "orders", "example.org/part": "db" } }, "app=orders,example.org/part=db"],
    [{ matchExpressions: expressions }, "tier in (db,cache),old notin (true),app,!test"],
    [{ matchLabels: { app: "orders" }, matchExpressions: expressions.slice(2) }, "app=orders,app,!test"],
  ];
  for (const [selector, expected] of cases) assert.equal(selectorText(selector), expected);
});
