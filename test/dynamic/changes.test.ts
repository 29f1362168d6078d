import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { changedFields } from "../../components/dynamic/changes";
import { unknown } from "../../components/dynamic/unknown";

describe("fields that have changed", () => {
  const olds = { name: "a", list: [1, 2], inside: { b: 1 } };
  const cases: [title: string, news: object, changed: string[]][] = [
    ["none", { inside: { b: 1 }, list: [1, 2], name: "a" }, []],
    ["a value", { ...olds, name: "b" }, ["name"]],
    ["a value inside", { ...olds, inside: { b: 2 } }, ["inside"]],
    ["the order of a list", { ...olds, list: [2, 1] }, ["list"]],
    ["one that is left out, and one that is null", { name: "a", inside: null }, ["list", "inside"]],
    ["one that is not known yet", { ...olds, name: unknown }, ["name"]],
    ["one that was not asked for", { ...olds, other: 1 }, []],
  ];
  for (const [title, news, changed] of cases)
    test(title, () => assert.deepEqual(changedFields(olds, news, ["name", "list", "inside"]), changed));

  test("null, undefined and missing are the same", () =>
    assert.deepEqual(changedFields({ a: null, b: undefined }, { b: null }, ["a", "b"]), []));
  test("by the spelling that counts", () => {
    const lower = (value: unknown, field: string) => (field === "host" ? String(value).toLowerCase() : value);
    assert.deepEqual(changedFields({ host: "A", name: "A" }, { host: "a", name: "a" }, ["host", "name"], lower), [
      "name",
    ]);
  });
});
