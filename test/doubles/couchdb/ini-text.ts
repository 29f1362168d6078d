/** The text of CouchDB's ini files: reading it, and changing one value with everything else left as it was. */

/** A value; undefined where the file says `key =`, which takes back what an earlier file has set. */
export interface IniEntry {
  section: string;
  key: string;
  value: string | undefined;
}

/** Reads a file's text: comments begin with `;`, at the start of a line or after white space. */
export function parseIni(text: string): IniEntry[] {
  const entries: IniEntry[] = [];
  let section = "";
  for (const raw of text.split(/\r\n|\n|\r/)) {
    const line = withoutComment(raw);
    if (line.startsWith("[")) section = /^\[([^\]]+)\]$/.exec(line)?.[1] ?? section;
    else if (section !== "") {
      const entry = keyAndValue(line);
      if (entry) entries.push({ section, ...entry });
    }
  }
  return entries;
}

function withoutComment(raw: string): string {
  const line = raw.trim();
  return line.startsWith(";") ? "" : (line.split(/[ \t];/)[0] ?? "").trim();
}

/** A key may hold `=`: ` = ` is looked for first. */
function keyAndValue(line: string): Omit<IniEntry, "section"> | undefined {
  const separator = line.includes(" = ") ? " = " : "=";
  const at = line.indexOf(separator);
  if (at <= 0) return undefined;
  const value = line.slice(at + separator.length).trim();
  return { key: line.slice(0, at).trim(), value: value === "" ? undefined : value };
}

/** The text with one value changed in its line, added to its section, or added with a new section at the end. */
export function withIniValue(text: string, section: string, key: string, value: string): string {
  const lines = text.trimEnd() === "" ? [] : text.trimEnd().split(/\r\n|\n|\r/);
  const assignment = `${key} = ${value}`;
  const start = lines.indexOf(`[${section}]`);
  if (start < 0) return `${[...lines, ...(lines.length > 0 ? [""] : []), `[${section}]`, assignment].join("\n")}\n`;
  const isHeader = (line: string) => /\[[\w.-]*\]/.test(line);
  const holdsKey = (line: string) => line.startsWith(key) && /^\s*=/.test(line.slice(key.length));
  const length = lines.slice(start + 1).findIndex(isHeader);
  const end = length < 0 ? lines.length : start + 1 + length;
  const at = lines.slice(start + 1, end).findIndex(holdsKey);
  if (at >= 0) lines[start + 1 + at] = assignment;
  else {
    let last = end;
    while (last > start + 1 && lines[last - 1]?.trim() === "") last--;
    lines.splice(last, 0, assignment);
  }
  return `${lines.join("\n")}\n`;
}
