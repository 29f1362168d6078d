import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { checkout } from "../../toolchain/places";
import { CliProject } from "./cli";

const readme = readFileSync(join(checkout, "README.md"), "utf8");
const { scripts } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

/** The README's code blocks in a language. */
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "gs"))].map(([, text]) => text!.trim());

test("the program in the README can be previewed as it stands", async (t) => {
  const [program, ...others] = blocks("ts");
  assert.deepEqual(others, []);
  const project = await CliProject.make(t, program!, { adminPassword: "secret" });
  if (!project) return;
  assert.match(await project.run("preview"), /\+ 3 to create/);
});

describe("the README's commands", () => {
  // Those that are run whole: by the quickstart's tests, and by whatever runs this test.
  const known = ["npm ci && npm start", "npm stop", "npm ci && npm test"];
  for (const command of blocks("sh")) test(command, () => assert.ok(known.includes(command)));

  for (const [, script] of readme.matchAll(/npm run ([\w:]+)/g))
    test(`npm run ${script}`, () => assert.ok(scripts[script!], "there is no such script"));
});
