import assert from "node:assert/strict";
import { test } from "node:test";
import { SettingsReader } from "../../components/runtime/environment";

test("a text is trimmed; an empty one counts as not set", () => {
  const read = new SettingsReader({ NAME: " db ", EMPTY: " " });
  assert.equal(read.text("NAME", "x"), "db");
  assert.equal(read.text("EMPTY", "x"), "x");
  assert.equal(read.text("EMPTY"), undefined);
});

for (const [text, expected, warns] of [
  ["1", 1, false],
  ["65535", 65_535, false],
  ["", 8080, false],
  ["0", 8080, true],
  ["65536", 8080, true],
  ["http", 8080, true],
] as const)
  test(`a port, "${text}"`, () => {
    const read = new SettingsReader({ PORT: text });
    assert.equal(read.port("PORT", 8080), expected);
    const warning = `PORT is "${text}" and must be a number from 1 to 65535; using 8080`;
    assert.deepEqual(read.warnings, warns ? [warning] : []);
  });

for (const [text, expected, warns] of [
  ["True", true, false],
  ["on", true, false],
  ["0", false, false],
  ["No", false, false],
  ["", true, false],
  ["maybe", true, true],
] as const)
  test(`a flag, "${text}"`, () => {
    const read = new SettingsReader({ TRACK: text });
    assert.equal(read.flag("TRACK", true), expected);
    assert.equal(read.warnings.length, Number(warns));
  });

test("a choice is one of its words", () => {
  const read = new SettingsReader({ A: "namespace", B: "pod" });
  const words = ["cluster", "namespace"] as const;
  assert.equal(read.choice("A", "cluster", words), "namespace");
  assert.equal(read.choice("B", "cluster", words), "cluster");
  assert.deepEqual(read.warnings, ['B is "pod" and must be one of cluster, namespace; using cluster']);
});

test("LOG_LEVEL", () => {
  assert.equal(new SettingsReader({}).logLevel(), "info");
  assert.equal(new SettingsReader({ LOG_LEVEL: "WARN" }).logLevel(), "warning");
  const read = new SettingsReader({ LOG_LEVEL: "loud" });
  assert.equal(read.logLevel(), "info");
  assert.deepEqual(read.warnings, ['LOG_LEVEL is "loud" and must be one of debug, info, warning, error; using info']);
});
