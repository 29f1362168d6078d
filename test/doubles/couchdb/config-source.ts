/** Where a node's configuration comes from, and where changes of it are written. */
import { accessSync, constants, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type IniEntry, parseIni, withIniValue } from "./ini-text";

export type Sections = Record<string, Record<string, string>>;

export interface ConfigSource {
  /** Everything that is set, in the order in which it counts: later ones win, undefined takes a value back. */
  read(): IniEntry[];
  /** Keeps a change for later reads; undefined deletes. */
  write(section: string, key: string, value: string | undefined): void;
}

/** Given values, under what has been written since; kept on the node's disk. */
export class GivenConfig implements ConfigSource {
  constructor(
    private readonly given: Sections,
    private readonly disk: Map<string, unknown>,
  ) {}

  read(): IniEntry[] {
    return [...entriesOf(this.given), ...this.written().values()];
  }

  write(section: string, key: string, value: string | undefined): void {
    this.written().set(JSON.stringify([section, key]), { section, key, value });
  }

  private written(): Map<string, IniEntry> {
    const known = this.disk.get("configuration") as Map<string, IniEntry> | undefined;
    if (known) return known;
    const created = new Map<string, IniEntry>();
    this.disk.set("configuration", created);
    return created;
  }
}

/** Ini files as CouchDB is given them: files and folders (of which every `*.ini`, by name); the last file is written. */
export class IniFiles implements ConfigSource {
  private readonly files: string[];

  /** Which files there are is looked up once, as at the start of the real process. */
  constructor(paths: string[]) {
    this.files = paths.flatMap(filesOf);
  }

  read(): IniEntry[] {
    return this.files.flatMap((file) => parseIni(readFileSync(file, "latin1")));
  }

  write(section: string, key: string, value: string | undefined): void {
    const file = this.files.at(-1);
    if (file === undefined) return;
    const text = withIniValue(readFileSync(file, "latin1"), section, key, value ?? "");
    replaceFile(file, text);
  }
}

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => name.endsWith(".ini") && !name.startsWith("."));
  return names.sort().map((name) => join(path, name));
}

/** All or nothing where the folder lets us; but a file that could not be written in place, as CouchDB does, is refused. */
function replaceFile(file: string, text: string): void {
  accessSync(file, constants.W_OK);
  try {
    writeFileSync(`${file}.new`, text, { encoding: "latin1", mode: statSync(file).mode });
    renameSync(`${file}.new`, file);
  } catch {
    writeFileSync(file, text, "latin1");
  }
}

/** Sections as entries. */
export function entriesOf(sections: Sections): IniEntry[] {
  return Object.entries(sections).flatMap(([section, values]) =>
    Object.entries(values).map(([key, value]) => ({ section, key, value })),
  );
}
