import assert from "node:assert/strict";
import { test } from "node:test";
import { isAtLeast, parseVersion, requiredVersion } from "../../toolchain/versions";

test("reads the version that a CLI prints", () => {
  const cases: [printed: string, version: string | undefined][] = [
    ["v3.209.0\n", "3.209.0"],
    ["3.209.0", "3.209.0"],
    ["v3.248.0-alpha.1+abc\n", "3.248.0-alpha.1+abc"],
    ["warning: something\nv3.209.0\n", "3.209.0"],
    ["", undefined],
    ["command not found", undefined],
  ];
  for (const [printed, version] of cases) assert.equal(parseVersion(printed), version, printed);
});

test("compares versions by number", () => {
  const cases: [version: string, minimum: string, enough: boolean][] = [
    ["3.200.0", "3.200.0", true],
    ["3.209.1", "3.200.0", true],
    ["3.99.9", "3.200.0", false],
    ["4.0.0", "3.200.0", true],
    ["2.300.0", "3.200.0", false],
    ["3.200.0-alpha.1", "3.200.0", true],
    ["3.200.1", "3.200.2", false],
  ];
  for (const [version, minimum, enough] of cases) assert.equal(isAtLeast(version, minimum), enough, version);
});

test("reads the version that a go.mod requires", () => {
  const goMod =
    "module x\n\nrequire (\n\texample.com/a v1.2.3\n\texample.com/a/b v4.5.6 // indirect\n)\nrequire example.com/c v7.8.9\n";
  assert.equal(requiredVersion(goMod, "example.com/a"), "1.2.3");
  assert.equal(requiredVersion(goMod, "example.com/a/b"), "4.5.6");
  assert.equal(requiredVersion(goMod, "example.com/c"), "7.8.9");
  assert.throws(() => requiredVersion(goMod, "example.com"), /does not require/);
});
