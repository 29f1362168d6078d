import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { checkout } from "../../toolchain/places";
import { kubernetesPlugin } from "../doubles/kubernetes/plugin";
import { CliProject } from "./cli";

const readme = readFileSync(join(checkout, "README.md"), "utf8");
const { scripts } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

/** The README's code blocks in a language. */
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "gs"))].map(([, text]) => text!.trim());

describe("the programs in the README can be previewed as they stand", () => {
  const makes = ["CouchDbCluster", "Membership"];
  assert.equal(blocks("ts").length, makes.length);
  for (const [index, program] of blocks("ts").entries())
    test(makes[index]!, async (t) => {
      await kubernetesPlugin();
      const project = await CliProject.make(t, program, { adminPassword: "secret" });
      if (!project) return;
      const shown = await project.run("preview");
      assert.match(shown, new RegExp(`couch:${makes[index]}|index:${makes[index]}`));
      assert.match(shown, /\+ \d+ to create/);
    });
});

describe("the README's commands", () => {
  // Those that are run whole: by the quickstart's tests, and by whatever runs this test.
  const known = ["npm ci && npm start", "npm stop", "npm ci && npm test"];
  for (const command of blocks("sh")) test(command, () => assert.ok(known.includes(command)));

  for (const [, script] of readme.matchAll(/npm run ([\w:]+)/g))
    test(`npm run ${script}`, () => assert.ok(scripts[script!], "there is no such script"));
});
