/** What the hook may do, and what it is asked about. */
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Presets, type RescheduleHookArgs } from "../../components";
import { inputsOf, registered, startMocks } from "../mocks";
import { hook, type Metadata, objects, rules, webhook } from "./declared";

beforeEach(startMocks);

test("with named namespaces it has rights in these alone", async () => {
  await hook({ namespaces: ["shop", pulumi.output("store")] });
  assert.deepEqual(
    objects().filter((object) => /Role/.test(object)),
    // With the hook's own namespace: a hook of this name in another may watch the same ones.
    [
      "Role tools-hook-in-1",
      "Role tools-hook-in-shop",
      "RoleBinding tools-hook-in-1",
      "RoleBinding tools-hook-in-shop",
    ],
  );
  const places = ["hook-in-shop", "hook-in-1"].map((name) => inputsOf<Metadata>("Role", name).metadata.namespace);
  assert.deepEqual(places, ["shop", "store"]);
  const { subjects } = inputsOf<kubernetes.types.output.rbac.v1.RoleBinding>("RoleBinding", "hook-in-shop");
  assert.deepEqual(subjects, [{ kind: "ServiceAccount", name: "hook", namespace: "tools" }]);
});

describe("asks for no more rights than it needs", () => {
  const statefulSet = Presets.statefulSet({ key: "app", value: "orders" });
  const cases: [title: string, args: RescheduleHookArgs, expected: string[]][] = [
    ["Couchbase", {}, ["pods: get,patch", "couchbaseclusters: get,patch"]],
    ["without tracking", { trackRescheduledPods: false }, ["pods: get,patch"]],
    ["tracking at the namespace", { preset: statefulSet }, ["pods: get,patch", "namespaces: get,patch"]],
    [
      "deleting pods",
      { preset: statefulSet, trackRescheduledPods: false, reschedule: "delete-after-ready" },
      ["pods: get,patch,list,watch,delete", "statefulsets,replicasets: get"],
    ],
  ];
  for (const [title, args, expected] of cases)
    test(title, async () => {
      await hook(args);
      assert.deepEqual(rules("ClusterRole"), expected);
      const leases = registered.filter(({ type, name }) => type.endsWith(":Role") && name === "hook-lease");
      assert.equal(leases.length, args.reschedule ? 1 : 0);
      if (args.reschedule) assert.deepEqual(rules("Role"), ["leases: create", "leases hook: get,update"]);
    });
});

test("is asked about evictions everywhere but in the system's namespaces and its own", async () => {
  await hook();
  const { rules, namespaceSelector, failurePolicy, sideEffects, timeoutSeconds, ...others } = webhook();
  assert.deepEqual(rules[0]!.resources, ["pods/eviction"]);
  assert.deepEqual(rules[0]!.operations, ["CREATE"]);
  assert.deepEqual(namespaceSelector.matchExpressions, [
    {
      key: "kubernetes.io/metadata.name",
      operator: "NotIn",
      values: ["kube-node-lease", "kube-public", "kube-system", "tools"],
    },
  ]);
  assert.deepEqual([failurePolicy, sideEffects, timeoutSeconds], ["Fail", "NoneOnDryRun", 10]);
  assert.deepEqual(others.clientConfig, {
    service: { name: "hook", namespace: "tools", path: "/eviction", port: 443 },
    caBundle: Buffer.from("authorities").toString("base64"),
  });
});

test("with named namespaces it is asked about evictions in these alone, but for its own pods", async () => {
  await hook({ namespaces: ["shop", "tools"] });
  const { namespaceSelector, matchConditions } = webhook();
  assert.deepEqual(namespaceSelector.matchExpressions[0]!.values, ["shop", "tools"]);
  const expression = matchConditions[0]!.expression;
  assert.match(expression, /^request\.namespace != 'tools' \|\| !request\.name\.matches\('(.+)'\)$/);
  const own = new RegExp(/'(\^.+\$)'/.exec(expression)![1]!);
  for (const name of ["hook-5d8f9c7b6d-x2k9p", "hook-5d8f9c7b-bcdfg"]) assert.match(name, own);
  for (const name of ["hook-0", "hook-nodes-0", "hook", "my-hook-5d8f9c7b6d-x2k9p", "hook-web-5d8f9c7b6d-x2k9p"])
    assert.doesNotMatch(name, own);
});
