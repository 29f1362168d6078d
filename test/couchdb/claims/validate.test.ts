import assert from "node:assert/strict";
import { test } from "node:test";
import type { VolumeClaimsInputs } from "../../../components/couchdb/claims/inputs";
import { validateVolumeClaims } from "../../../components/couchdb/claims/validate";
import { unknown } from "../../../components/dynamic/unknown";

const good = { namespace: "shop", statefulSet: "orders", claimTemplate: "data", replicas: 3, size: "10Gi" };

const cases: [title: string, news: object, olds: object, failing: string[]][] = [
  ["new ones", { storageClass: "fast" }, {}, []],
  ["unchanged", {}, good, []],
  ["larger", { size: "20Gi" }, good, []],
  ["the same in other words", { size: "10240Mi" }, good, []],
  ["smaller", { size: "9Gi" }, good, ["size"]],
  ["no size", { size: "much" }, {}, ["size"]],
  ["none given", { size: undefined }, {}, ["size"]],
  ["not known yet", { size: unknown, storageClass: unknown }, good, []],
  ["not known before", {}, { ...good, size: unknown }, []],
  ["another class", { storageClass: "slow" }, { ...good, storageClass: "fast" }, ["storageClass"]],
  ["a class at last", { storageClass: "slow" }, good, ["storageClass"]],
  ["a misspelt way to the cluster", { kubernetes: { kubeConfig: "x" } }, {}, ["kubernetes.kubeConfig"]],
  ["a class no more", {}, { ...good, storageClass: "fast" }, ["storageClass"]],
];
for (const [title, news, olds, failing] of cases)
  test(title, () => {
    const failures = validateVolumeClaims({ ...good, ...news } as VolumeClaimsInputs, olds);
    assert.deepEqual(
      failures.map(({ property }) => property),
      failing,
    );
  });
