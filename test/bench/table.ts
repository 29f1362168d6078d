/** The results, as they are printed. */

/** One comparison. */
export interface Result {
  what: string;
  median: string;
  /** What it was compared with, and how much that was. */
  against: string;
  /** The one divided by the other. */
  ratio: number;
  /** What the ratio must not exceed; without, it is shown for information. */
  limit?: number;
}

/** Whether a result fails its target. */
export function isMissed({ ratio, limit }: Result): boolean {
  return limit !== undefined && !(ratio <= limit);
}

/** Milliseconds for readers. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

/** The table, as plain text in columns. */
export function table(results: readonly Result[]): string {
  const rows = [["what", "median", "against", "ratio", "target", ""], ...results.map(cells)];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: string[]) => row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ");
  return rows.map((row) => line(row).trimEnd()).join("\n");
}

function cells(result: Result): string[] {
  const { what, median, against, ratio, limit } = result;
  const target = limit === undefined ? ["", ""] : [`≤ ${limit}`, isMissed(result) ? "MISSED" : "met"];
  return [what, median, against, ratio.toFixed(2), ...target];
}
