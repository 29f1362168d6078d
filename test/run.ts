/**
 * Runs the tests: `node dist/test/run.js [LAYER …]`, all layers by default, and ends with the plain line
 * `N passed, N failed`. In CI (`CI=true`) a skipped test is a failure: what can't run there proves nothing.
 */
import { setMaxListeners } from "node:events";
import { readdirSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { runInTestbed, useCluster } from "./testbed/layer";
import { TestbedImpossibleError } from "./testbed/up";

const root = resolve(__dirname, "../..");

/** In the order in which they run. A folder below `test/` that is no layer of its own belongs to `unit`. */
const layers = ["unit", "contract", "engine", "cluster"];

/** Source files decide, so that the compiled remains of a deleted test do not run. */
function testFiles(layer: string): string[] {
  return readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .filter((file) => (layers.find((name) => name === file.split(sep)[0]) ?? "unit") === layer)
    .sort()
    .map((file) => join(root, "dist/test", file.replace(/\.ts$/, ".js")));
}

/** Ends the tests that run, so that none of their processes outlives this one. */
const interrupted = new AbortController();
setMaxListeners(0, interrupted.signal); // one for each file
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort());

/** Milliseconds after which a file has failed, ten times what the slowest takes: one that hangs shall not hide the others. */
const timeout = 15 * 60_000;

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

/** Runs a layer's files one after the other: they share two or three fixed ports and few processors. */
async function runLayer(layer: string, count: Count): Promise<void> {
  const files = testFiles(layer);
  console.log(`\n== ${layer}: ${files.length} files`);
  const events = run({ files, concurrency: layer === "unit", signal: interrupted.signal, timeout });
  events.on("test:pass", ({ name, file, nesting, details, skip }) => {
    if (skip !== undefined && skip !== false) count.skipped++;
    else if (details.type === "suite") return;
    // Node reports a file without tests, or one that ended before its tests, as a test that passed.
    else if (nesting === 0 && resolve(name) === file) fail(count, `${name} ran no test`);
    else count.passed++;
  });
  events.on("test:fail", ({ details }) => {
    // A suite fails with its tests, which count, or by itself: in a hook.
    if (details.type !== "suite" || failureType(details.error) !== "subtestsFailed") count.failed++;
  });
  const report = events.compose(new spec());
  for await (const text of report) process.stdout.write(text as string);
}

/** Runs the cluster layer where the cluster is reached: here, or in a process inside the testbed. */
async function runClusterLayer(count: Count): Promise<void> {
  if (await useCluster()) return runLayer("cluster", count);
  try {
    add(count, await runInTestbed<Count>(__filename, ["cluster"]));
  } catch (error) {
    if (!(error instanceof TestbedImpossibleError)) return fail(count, `cluster: ${error}`);
    const files = testFiles("cluster").length;
    count.skipped += files;
    console.log(`\nSKIPPED: all ${files} files of the cluster layer. ${error.message}`);
  }
}

function add(count: Count, more: Count): void {
  count.passed += more.passed;
  count.failed += more.failed;
  count.skipped += more.skipped;
}

function fail(count: Count, reason: string): void {
  count.failed++;
  console.log(`FAILED: ${reason}`);
}

/** Why the test runner calls something failed; its published types leave that out. */
function failureType(error: Error): unknown {
  return (error as Error & { failureType?: string }).failureType;
}

async function main(requested: string[]): Promise<void> {
  const unknown = requested.filter((layer) => !layers.includes(layer));
  if (unknown.length > 0) throw new Error(`no such layer: ${unknown.join(", ")}; there are ${layers.join(", ")}`);
  const count: Count = { passed: 0, failed: 0, skipped: 0 };
  for (const layer of layers.filter((name) => requested.length === 0 || requested.includes(name)))
    if (!interrupted.signal.aborted) await (layer === "cluster" ? runClusterLayer(count) : runLayer(layer, count));

  if (interrupted.signal.aborted) fail(count, "interrupted");
  if (process.send) return void process.send(count); // the process that started this one says the result
  if (count.skipped > 0) console.log(`\nSKIPPED: ${count.skipped} tests did not run; the reasons stand above.`);
  if (process.env.CI && count.skipped > 0) {
    console.log("In CI nothing may be skipped: counted as failed.");
    count.failed += count.skipped;
  }
  console.log(`\n${count.passed} passed, ${count.failed} failed`);
  process.exitCode = count.failed > 0 || count.passed === 0 ? 1 : 0;
}

main(process.argv.slice(2));
