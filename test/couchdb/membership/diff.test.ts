import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { membershipHandler } from "../../../components/couchdb/membership/handler";
import type { MembershipInputs, MembershipOutputs } from "../../../components/couchdb/membership/inputs";
import { unknown } from "../../../components/dynamic/unknown";

const rollout = { statefulSet: "orders", namespace: "shop", generation: 1 };
const inputs = { nodes: [{ url: "http://a:5984" }], adminUser: "admin", adminPassword: "secret" };
const found = { members: ["a"], recorded: ["a"], uuid: "u", versions: ["3.5.1"], drift: [] };

const changes = (before: object, after: object) =>
  membershipHandler.diff!(
    { ...inputs, ...found, ...before } as MembershipOutputs,
    { ...inputs, ...after } as MembershipInputs,
  ).changes;

describe("what is a change", () => {
  const cases: [title: string, before: object, after: object, change: boolean][] = [
    ["nothing", {}, {}, false],
    ["another password", {}, { adminPassword: "new" }, true],
    ["pods instead of hosts", {}, { kubernetes: {} }, true],
    ["another kubeconfig", { kubernetes: { kubeconfig: "a" } }, { kubernetes: { kubeconfig: "b" } }, true],
    ["the same cluster", { kubernetes: { context: "a" } }, { kubernetes: { context: "a" } }, false],
    ["a rollout", { rollout }, { rollout: { ...rollout, generation: 2 } }, true],
    ["a trigger", { triggers: ["0"] }, { triggers: ["1"] }, true],
    ["the same trigger", { triggers: ["0"] }, { triggers: ["0"] }, false],
    ["a rollout to come", { rollout }, { rollout: { ...rollout, generation: unknown } }, true],
    ["the same generation", { rollout }, { rollout }, false],
    ["another uid", { rollout: { ...rollout, uid: "a" } }, { rollout: { ...rollout, uid: "b" } }, false],
    ["a first uid", { rollout }, { rollout: { ...rollout, uid: unknown } }, false],
    ["no rollout any more", { rollout }, {}, false],
    ["another hash", { adminPasswordHash: "a" }, { adminPasswordHash: "b" }, true],
    ["a first hash", {}, { adminPasswordHash: "b" }, true],
    ["no hash any more", { adminPasswordHash: "a" }, {}, false],
    ["who joins", { waitOnly: true }, {}, false],
    ["what a refresh has found", { drift: ["a is gone"] }, {}, true],
  ];
  for (const [title, before, after, change] of cases) test(title, () => assert.equal(changes(before, after), change));
});
