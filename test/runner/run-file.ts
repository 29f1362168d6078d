/** Runs one test file in a process of its own. */
import { resolve } from "node:path";
import { Readable } from "node:stream";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { lazyModules } from "../../toolchain/places";
import type { TestFile } from "./layers";

/** How many tests came to what. */
export interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

/** What a file's run came to. */
export interface FileResult extends Count {
  source: string;
  seconds: number;
  /** What the reporter says of its tests. */
  text: string;
}

/** Milliseconds after which a file has failed, many times what the slowest takes: one that hangs must not hide the others. */
const timeout = 60 * 60_000;

/** The last lines of each run's report, which count what is counted over all files. */
const summaryLine = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;

// Node passes its own options on to the processes that run tests.
process.execArgv.push("--require", lazyModules);

/** Runs a file's tests. Does not throw: what goes wrong counts as failed. */
export async function runFile({ source, compiled }: TestFile, signal: AbortSignal): Promise<FileResult> {
  const result: FileResult = { source, seconds: 0, text: "", passed: 0, failed: 0, skipped: 0 };
  const begun = performance.now();
  const events = run({ files: [compiled], signal, timeout });
  events.on("test:pass", ({ name, nesting, details, skip }) => {
    if (skip !== undefined && skip !== false) result.skipped++;
    else if (details.type === "suite") return;
    // Node reports a file without tests, or one that ended before its tests, as a test that passed.
    else if (nesting === 0 && resolve(name) === compiled) fail(result, "it ran no test");
    else result.passed++;
  });
  events.on("test:fail", ({ details }) => {
    // A suite fails with its tests, which count, or by itself: in a hook.
    if (details.type !== "suite" || failureType(details.error) !== "subtestsFailed") result.failed++;
  });
  const report = Readable.from(withoutSummary(events as unknown as AsyncIterable<TestEvent>)).pipe(new spec());
  for await (const text of report) result.text += text;
  result.seconds = (performance.now() - begun) / 1000;
  return result;
}

type TestEvent = { type: string; data: { message?: string; file?: string } };

async function* withoutSummary(events: AsyncIterable<TestEvent>): AsyncGenerator<TestEvent> {
  for await (const event of events)
    if (event.type !== "test:diagnostic" || event.data.file || !summaryLine.test(event.data.message ?? "")) yield event;
}

function fail(result: FileResult, reason: string): void {
  result.failed++;
  result.text += `FAILED: ${reason}\n`;
}

/** Why the test runner calls something failed; its published types leave that out. */
function failureType(error: Error): unknown {
  return (error as Error & { failureType?: string }).failureType;
}
