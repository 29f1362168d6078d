/** The results, as they are printed. */

/** One comparison. */
export interface Result {
  what: string;
  median: string;
  /** What it was compared with, and the other's median. */
  against: string;
  ratio: string;
  target: string;
  /** `undefined`: it has no target. */
  met: boolean | undefined;
}

type Judgement = Pick<Result, "ratio" | "target" | "met">;

/** Judges a ratio that shall not be above the target. */
export function atMost(ratio: number, target?: number): Judgement {
  return judged(ratio, target, "≤", (limit) => ratio <= limit);
}

/** Judges a ratio that shall not be below the target. */
export function atLeast(ratio: number, target?: number): Judgement {
  return judged(ratio, target, "≥", (limit) => ratio >= limit);
}

function judged(ratio: number, target: number | undefined, sign: string, holds: (limit: number) => boolean): Judgement {
  if (target === undefined) return { ratio: ratio.toFixed(2), target: "", met: undefined };
  return { ratio: ratio.toFixed(2), target: `${sign} ${target}`, met: holds(target) };
}

/** Milliseconds for readers. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

const titles = { what: "what", median: "median", against: "against", ratio: "ratio", target: "target" } as const;

/** The table, as plain text in columns. */
export function table(results: readonly Result[]): string {
  const columns = Object.keys(titles) as (keyof typeof titles)[];
  const verdict = (met: boolean | undefined) => (met === undefined ? "" : met ? "met" : "MISSED");
  const rows = [
    [...columns.map((column) => titles[column]), ""],
    ...results.map((result) => [...columns.map((column) => result[column]), verdict(result.met)]),
  ];
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
