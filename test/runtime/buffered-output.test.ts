import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { BufferedOutput } from "../../components/runtime/buffered-output";
import { eventually } from "../eventually";

test("lines are written together, in order", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "output-"));
  const file = join(folder, "log");
  const descriptor = openSync(file, "w");
  t.after(() => {
    closeSync(descriptor);
    rmSync(folder, { recursive: true });
  });
  const output = new BufferedOutput(descriptor);
  for (const line of ["a\n", "b\n"]) output.write(line);
  assert.equal(readFileSync(file, "utf8"), "");
  await eventually("the lines are written", () => readFileSync(file, "utf8") === "a\nb\n");
  output.write("c\n");
  await eventually("the next is written", () => readFileSync(file, "utf8") === "a\nb\nc\n");
});

test("all lines are written before the process ends", () => {
  const module = require.resolve("../../components/runtime/buffered-output");
  const program = `const { BufferedOutput } = require(${JSON.stringify(module)});
    new BufferedOutput(1).write("last words\\n"); process.exit(3);`;
  const { status, stdout } = spawnSync(process.execPath, ["-e", program], { encoding: "utf8" });
  assert.deepEqual([status, stdout], [3, "last words\n"]);
});

test("an output that is closed ends nothing", async () => {
  const nowhere = 1_000_000;
  new BufferedOutput(nowhere).write("lost\n");
  await new Promise((resolve) => setTimeout(resolve, 200));
});
