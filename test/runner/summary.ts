import type { Phase } from "./clock";
import type { FileResult } from "./run-file";

/** The line that heads a file's report. */
export function heading({ source, seconds, passed, failed, skipped }: FileResult): string {
  const others = skipped > 0 ? `, ${skipped} skipped` : "";
  return `\n-- ${source}: ${passed} passed, ${failed} failed${others}, ${duration(seconds)}`;
}

/** How long each phase took, and which files took longest. */
export function timesOf(phases: readonly Phase[], results: readonly FileResult[]): string {
  const slowest = [...results].sort((one, other) => other.seconds - one.seconds).slice(0, 10);
  const total = phases.reduce((sum, { seconds }) => sum + seconds, 0);
  return [
    "\nTime by phase",
    ...[...phases, { name: "all", seconds: total }].map(({ name, seconds }) => row(seconds, name)),
    "The slowest files",
    ...slowest.map(({ seconds, source }) => row(seconds, source)),
  ].join("\n");
}

/** Which tests have failed, by file, and why; empty where none has. Said again in the end, where a reader looks first. */
export function failuresOf(results: readonly FileResult[]): string {
  const failed = results.filter((result) => result.failed > 0);
  if (failed.length === 0) return "";
  return ["\nFailed", ...failed.map(({ source, failed, text }) => `  ${source}: ${failed}\n${reasonsIn(text)}`)].join(
    "\n",
  );
}

/** The part of the reporter's text that lists what failed; all of it where there is no such part. */
function reasonsIn(text: string): string {
  const begin = text.lastIndexOf("✖ failing tests:");
  return begin < 0 ? text : text.slice(begin);
}

function row(seconds: number, what: string): string {
  return `  ${duration(seconds).padStart(9)}  ${what}`;
}

function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2)} s`;
}
