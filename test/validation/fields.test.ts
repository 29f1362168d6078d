import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { unknown } from "../../components/dynamic/unknown";
import {
  type FieldValidator,
  ifGiven,
  listOf,
  objectOf,
  optional,
  required,
  validateFields,
} from "../../components/validation/fields";
import { integerProblem } from "../../components/validation/validators";

const tls = ifGiven(objectOf({ ca: required(), key: optional() }, ", each a PEM text"));
const urls = listOf(required(), "give at least one URL");

describe("fields of inputs", () => {
  const table: [title: string, validate: FieldValidator, value: unknown, failing: Record<string, RegExp>][] = [
    ["a required field", required(), "a", {}],
    ["a missing field", required(), undefined, { at: /missing/ }],
    ["one that is null", required(), null, { at: /missing/ }],
    ["one that is not known yet", required(), unknown, {}],
    ["an optional field", optional(integerProblem(1, 2)), 2, {}],
    ["an optional field that is left out", optional(integerProblem(1, 2)), undefined, {}],
    ["an optional field that is not valid", optional(integerProblem(1, 2)), 3, { at: /3 is not a whole number/ }],
    ["an object", tls, { ca: "a", key: "k" }, {}],
    ["an object that is left out", tls, null, {}],
    ["an object that is not known yet", tls, unknown, {}],
    ["an object partly known", tls, { ca: unknown }, {}],
    ["a list for an object", tls, ["a"], { at: /^give an object with ca and key, each a PEM text$/ }],
    ["an object without what it needs", tls, { key: "k" }, { "at.ca": /missing/ }],
    ["a misspelt field", tls, { ca: "a", kay: "k" }, { "at.kay": /^there is no such field; give ca or key$/ }],
    ["a list", urls, ["a", unknown], {}],
    ["a list that is not known yet", urls, unknown, {}],
    ["an empty list", urls, [], { at: /^give at least one URL$/ }],
    ["a text for a list", urls, "a", { at: /^give at least one URL$/ }],
    ["items of a list", urls, ["a", "", 5], { "at[1]": /empty/, "at[2]": /give a text/ }],
  ];
  for (const [title, validate, value, failing] of table)
    test(`${title}: ${Object.keys(failing).join(" and ") || "accepted"}`, () => {
      const failures = validate("at", value);
      assert.deepEqual(
        failures.map(({ property }) => property),
        Object.keys(failing),
      );
      for (const { property, reason } of failures) assert.match(reason, failing[property]!);
    });

  test("all of an object's fields, others left alone", () => {
    const failures = validateFields({ q: 0, more: "x" } as object, {
      name: required(),
      q: optional(integerProblem(1, 2)),
    });
    assert.deepEqual(
      failures.map(({ property }) => property),
      ["name", "q"],
    );
  });
});
