/**
 * Runs the tests: `node dist/test/run.js [LAYER …] [PART OF A FILE'S NAME …]`, all of them by default, and ends with the
 * plain line `N passed, N failed`. In CI (`CI=true`) a skipped test is a failure: what can't run there proves nothing.
 *
 * A layer's files run side by side, the longest first, and those in a folder `serial` one by one beside the others. Tests
 * of the scaffolding itself (toolchain, testbed, doubles) run when it has changed since they passed, or are asked for by
 * name.
 */
import { setMaxListeners } from "node:events";
import { availableParallelism } from "node:os";
import { Clock, type Phase } from "./runner/clock";
import { filesAtOnce, filesOf, isSerial, type Layer, layers, stages, type TestFile } from "./runner/layers";
import { sideBySide } from "./runner/pool";
import { hasPassed, longestFirst, record, testsScaffolding } from "./runner/records";
import { type FileResult, runFile } from "./runner/run-file";
import { failuresOf, heading, timesOf } from "./runner/summary";
import { runInTestbed, useCluster } from "./testbed/layer";
import { TestbedImpossibleError } from "./testbed/up";

/** What a run came to; a process inside the testbed sends its own to the one that started it. */
interface Outcome {
  results: FileResult[];
  phases: Phase[];
  /** What failed beside the tests. */
  problems: string[];
  /** How many files could not run at all. */
  notRun: number;
}

/** Ends the tests that run, so that none of their processes outlives this one. */
const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort());
// Each file that runs listens to it, and to the process.
setMaxListeners(0, interrupted.signal);
process.setMaxListeners(0);

const clock = new Clock();
const outcome: Outcome = { results: [], phases: clock.phases, problems: [], notRun: 0 };

/** Runs a layer's files, and says what became of each as soon as it is over. */
async function runLayer(layer: Layer, filters: readonly string[]): Promise<void> {
  const files = longestFirst(toRun(layer, filters));
  const atOnce = filesAtOnce(layer, availableParallelism());
  const [oneByOne, others] = [files.filter(isSerial), files.filter((file) => !isSerial(file))];
  console.log(`\n== ${layer}: ${files.length} files, ${atOnce} at once, ${oneByOne.length} of them one by one`);
  const work = async (file: TestFile) => {
    if (interrupted.signal.aborted) return;
    const result = await runFile(file, interrupted.signal);
    if (!interrupted.signal.aborted) record(result);
    outcome.results.push(result);
    process.stdout.write(`${heading(result)}\n${result.text}`);
  };
  await sideBySide(others, oneByOne, atOnce, work);
}

/** Those files of a layer that there is reason to run. */
function toRun(layer: Layer, filters: readonly string[]): TestFile[] {
  const files = filesOf(layer, filters);
  if (filters.length > 0) return files;
  const unchanged = files.filter((file) => testsScaffolding(file.source) && hasPassed(file));
  if (unchanged.length > 0)
    console.log(
      `\n${layer}: the scaffolding is unchanged since its own tests passed: ${unchanged.length} not run again`,
    );
  return files.filter((file) => !unchanged.includes(file));
}

/** Runs the cluster layer where the cluster is reached: here, or in a process inside the testbed. */
async function runClusterLayer(filters: readonly string[]): Promise<void> {
  if (await useCluster()) return clock.time("cluster", () => runLayer("cluster", filters));
  try {
    const inside = await runInTestbed<Outcome>(__filename, ["cluster", ...filters], clock);
    outcome.results.push(...inside.results);
    outcome.problems.push(...inside.problems);
  } catch (error) {
    if (!(error instanceof TestbedImpossibleError)) return problem(`cluster: ${error}`);
    const files = filesOf("cluster", filters).length;
    outcome.notRun += files;
    console.log(`\nSKIPPED: all ${files} files of the cluster layer. ${error.message}`);
  }
}

function problem(reason: string): void {
  outcome.problems.push(reason);
  console.log(`FAILED: ${reason}`);
}

/** Says what all came to. */
function conclude({ results, phases, problems, notRun }: Outcome): void {
  const sum = (which: "passed" | "failed" | "skipped") => results.reduce((count, result) => count + result[which], 0);
  const passed = sum("passed");
  const skipped = sum("skipped") + notRun;
  let failed = sum("failed") + problems.length;
  console.log(failuresOf(results));
  if (skipped > 0) console.log(`\nSKIPPED: ${skipped} tests did not run; the reasons are above.`);
  if (process.env.CI && skipped > 0) {
    console.log("In CI nothing may be skipped: counted as failed.");
    failed += skipped;
  }
  console.log(timesOf(phases, results));
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

async function main(words: string[]): Promise<void> {
  const isLayer = (word: string): word is Layer => layers.includes(word as Layer);
  const requested = words.some(isLayer) ? words.filter(isLayer) : layers;
  const filters = words.filter((word) => !isLayer(word));
  for (const filter of filters)
    if (requested.every((layer) => filesOf(layer, [filter]).length === 0))
      throw new Error(`"${filter}" is neither a layer (${layers.join(", ")}) nor part of a test file's name`);
  const hasFiles = (layer: Layer) => requested.includes(layer) && filesOf(layer, filters).length > 0;
  for (const stage of stages.map((all) => all.filter(hasFiles))) {
    if (interrupted.signal.aborted || stage.length === 0) continue;
    if (stage.includes("cluster")) await runClusterLayer(filters);
    else await clock.time(stage.join(", "), () => Promise.all(stage.map((layer) => runLayer(layer, filters))));
  }
  if (interrupted.signal.aborted) problem("interrupted");
  if (process.send) return void process.send(outcome); // the process that started this one says the result
  conclude(outcome);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
