import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { diffOf } from "./diff";
import { forceNewPaths } from "./force-new";
import { withIgnoredAsLive, withoutIgnored } from "./ignore-changes";
import type { JsonObject } from "./objects";

const immutable = { mutableConfigMaps: false, mutableSecrets: false };
const mutable = { mutableConfigMaps: true, mutableSecrets: true };

function changes(type: string, present: JsonObject, wanted: JsonObject, options = immutable): string[] {
  const slash = type.lastIndexOf("/");
  const kind = { apiVersion: type.slice(0, slash), kind: type.slice(slash + 1) };
  const diff = diffOf({ ...kind, ...present }, { ...kind, ...wanted }, forceNewPaths({ ...kind, ...wanted }, options));
  return [...diff].map(([path, change]) => `${change.kind}${change.replace ? "-replace" : ""} ${path}`);
}

describe("a change of an object", () => {
  const cases: [what: string, type: string, present: JsonObject, wanted: JsonObject, expected: string[]][] = [
    ["nothing", "v1/Service", { spec: { type: "A" } }, { spec: { type: "A" } }, []],
    ["a value", "v1/Service", { spec: { type: "A" } }, { spec: { type: "B" } }, ["update spec.type"]],
    ["a key more", "v1/Service", {}, { spec: { type: "A" } }, ["add spec"]],
    ["a key less", "v1/Service", { spec: { a: 1, b: 2 } }, { spec: { b: 2 } }, ["delete spec.a"]],
    ["a key with dots", "v1/Service", { m: { "a.b": 1 } }, { m: { "a.b": 2 } }, ['update m["a.b"]']],
    ["an element", "v1/Service", { p: [{ a: 1 }] }, { p: [{ a: 2 }, { a: 3 }] }, ["update p[0].a", "add p[1]"]],
    ["an unknown", "v1/Service", { a: 1 }, { a: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }, ["update a"]],
    [
      "the name",
      "v1/Service",
      { metadata: { name: "a" } },
      { metadata: { name: "b" } },
      ["update-replace metadata.name"],
    ],
    ["a ConfigMap's data", "v1/ConfigMap", { data: { a: "1" } }, { data: { a: "2" } }, ["update-replace data.a"]],
    [
      "a Secret's data",
      "v1/Secret",
      { data: { a: "1" } },
      { data: { b: "1" } },
      ["delete-replace data.a", "add-replace data.b"],
    ],
    [
      "the serviceName",
      "apps/v1/StatefulSet",
      { spec: { serviceName: "a" } },
      { spec: { serviceName: "b" } },
      ["update-replace spec.serviceName"],
    ],
    [
      "a claim template",
      "apps/v1/StatefulSet",
      { spec: { volumeClaimTemplates: [{ spec: { a: 1 } }] } },
      { spec: { volumeClaimTemplates: [{ spec: { a: 2 } }] } },
      ["update-replace spec.volumeClaimTemplates[0].spec.a"],
    ],
    [
      "an image of pods",
      "apps/v1/StatefulSet",
      { spec: { template: { i: "a" } } },
      { spec: { template: { i: "b" } } },
      ["update spec.template.i"],
    ],
    [
      "the image of a pod",
      "v1/Pod",
      { spec: { containers: [{ image: "a" }] } },
      { spec: { containers: [{ image: "b" }] } },
      ["update-replace spec.containers[0].image"],
    ],
    [
      "a container of a pod",
      "v1/Pod",
      { spec: { containers: [] } },
      { spec: { containers: [{ image: "b" }] } },
      ["add-replace spec.containers[0]"],
    ],
  ];
  for (const [what, type, present, wanted, expected] of cases)
    it(`${what}: ${expected.join(", ") || "none"}`, () => assert.deepEqual(changes(type, present, wanted), expected));

  it("updates data where the provider is configured to", () => {
    assert.deepEqual(changes("v1/Secret", { data: { a: "1" } }, { data: { a: "2" } }, mutable), ["update data.a"]);
    const kept = { immutable: true };
    const replaced = changes("v1/Secret", { ...kept, data: { a: "1" } }, { ...kept, data: { a: "2" } }, mutable);
    assert.deepEqual(replaced, ["update-replace data.a"]);
  });
});

describe("ignoreChanges", () => {
  it("takes out a path and all below", () => {
    const diff = diffOf({ spec: { replicas: 1, "a.b": { c: 1 } } }, { spec: { replicas: 2, "a.b": { c: 2 } } }, []);
    assert.deepEqual([...withoutIgnored(diff, ["spec.replicas"]).keys()], ['spec["a.b"].c']);
    assert.deepEqual([...withoutIgnored(diff, ['spec["a.b"]']).keys()], ["spec.replicas"]);
    assert.deepEqual([...withoutIgnored(diff, ["spec"]).keys()], []);
  });

  it("leaves to others what only they manage, and keeps the value of the rest", () => {
    const managedFields = [{ manager: "scaler", fieldsV1: { "f:spec": { "f:replicas": {} } } }];
    const live = { metadata: { managedFields }, spec: { replicas: 5, paused: true } };
    const inputs = { spec: { replicas: 1, paused: false } };
    assert.deepEqual(withIgnoredAsLive(inputs, live, ["spec.replicas"], "ours"), { spec: { paused: false } });
    assert.deepEqual(withIgnoredAsLive(inputs, live, ["spec.paused"], "ours"), { spec: { replicas: 1, paused: true } });
  });
});
