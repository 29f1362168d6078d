import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { checkout } from "../../toolchain/places";
import { kubernetesPlugin } from "../doubles/kubernetes/plugin";
import { CliProject } from "./cli";
import { ended } from "./quickstart";
import { blocksOf } from "./readme-blocks";

const [readme, contributing] = ["README.md", "CONTRIBUTING.md"].map((file) =>
  readFileSync(join(checkout, file), "utf8"),
) as [string, string];

describe("the programs in the README can be previewed as they stand", () => {
  const makes = ["CouchDbCluster", "CouchDbMembership"];
  assert.equal(blocksOf(readme, "ts").length, makes.length);
  for (const [index, program] of blocksOf(readme, "ts").entries())
    test(makes[index]!, async (t) => {
      await kubernetesPlugin();
      const project = await CliProject.make(t, program, { adminPassword: "secret" });
      if (!project) return;
      const shown = await project.run("preview");
      assert.match(shown, new RegExp(`couch:${makes[index]}|index:${makes[index]}`));
      assert.match(shown, /\+ \d+ to create/);
    });
});

describe("the commands in README.md and CONTRIBUTING.md", () => {
  // Those that are run whole: by the quickstart's tests, and by whatever runs this test.
  const known = ["npm ci && npm start", "npm stop", "npm ci && npm test"];
  const commands = [readme, contributing].flatMap((page) => blocksOf(page, "sh").map((block) => block.trim()));
  for (const command of new Set(commands)) test(command, () => assert.ok(known.includes(command)));

  test("npm run bench, its shortest part", async () => {
    const { status, shown } = await built("bench/main.js", "bytes");
    assert.equal(status, 0, shown);
    assert.match(shown, /__provider of couchDbMembership/);
  });

  test("CONTRACT_SCENARIO=05 npm run test:contract", async () => {
    assert.ok(contributing.includes("CONTRACT_SCENARIO=05 npm run test:contract"));
    process.env.CONTRACT_SCENARIO = "05";
    const { shown } = await built("run.js", "contract").finally(() => delete process.env.CONTRACT_SCENARIO);
    assert.match(shown, /05-nodes-db/);
    assert.match(shown, /^[1-9]\d* passed, 0 failed$/m);
  });
});

/** Runs a script of the tests as its npm script does once all is built. */
function built(file: string, ...args: string[]): Promise<{ status: number | null; shown: string }> {
  // Inside of a test Node.js runs none, and in CI what is left out by choice would count as failed.
  const { NODE_TEST_CONTEXT: _, CI: __, ...env } = process.env;
  return ended(spawn(process.execPath, [join(checkout, "dist/test", file), ...args], { env }));
}
