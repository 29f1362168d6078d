/** What the build demands of the programs' bundles. */
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { test } from "node:test";
import { bundleOf, roomsWithProgram, sizeProblem } from "../../toolchain/bundle";

test("a bundle that no ConfigMap holds is named, with the limit", () => {
  const limit = 1024 * 1024 - "program.bundle.js".length;
  assert.equal(sizeProblem("reschedule", limit), undefined);
  assert.match(
    sizeProblem("reschedule", limit + 1)!,
    /^components\/reschedule\/program is \d+ bytes when bundled, and a ConfigMap holds 1048576; leave out/,
  );
});

for (const room of roomsWithProgram())
  test(`the bundle of ${room} fits, and has nothing of the Kubernetes client library`, () => {
    assert.equal(sizeProblem(room, statSync(bundleOf(room)).size), undefined);
    const text = readFileSync(bundleOf(room), "utf8");
    for (const name of ["@kubernetes/client-node", "@opentelemetry", "getAttributeTypeMap"])
      assert.ok(!text.includes(name), name);
  });
