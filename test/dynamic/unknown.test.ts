import assert from "node:assert/strict";
import { test } from "node:test";
import { unknownValue } from "@pulumi/pulumi/runtime/rpc";
import { isUnknown, unknown } from "../../components/dynamic/unknown";

test("the mark of an unknown value is Pulumi's", () => {
  assert.equal(unknown, unknownValue);
});

test("an unknown value is found at any depth", () => {
  assert.ok(isUnknown(unknown));
  assert.ok(isUnknown([{ a: { b: unknown } }]));
  assert.ok(!isUnknown([{ a: { b: "known" } }, null, 1]));
});
