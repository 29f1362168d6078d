import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";
import { serializeFunction } from "@pulumi/pulumi/runtime";
import { shim } from "../../components/dynamic/shim";

// Pulumi stores this text with every resource. If it changes, every user sees a diff on every resource: don't.
const storedText = readFileSync(resolve(__dirname, "../../../test/dynamic/stored-provider.js.txt"), "utf8");

test("what state stores of a provider is small, and the same in every version of the package", async () => {
  const provider = shim("couchDbCredentials");
  const { text } = await serializeFunction(() => provider, { allowSecrets: true });
  assert.ok(Buffer.byteLength(text) <= 2048, `${Buffer.byteLength(text)} bytes`);
  assert.equal(text, storedText);
});
