/** Text in columns under a heading, each column as wide as its longest cell. */
export function table(heading: string[], rows: string[][]): string {
  const widths = heading.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => row[column]!)].map((text) => text.length)),
  );
  const line = (cells: string[]) =>
    `  ${cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("   ")
      .trimEnd()}`;
  return [heading, ...rows].map(line).join("\n");
}
