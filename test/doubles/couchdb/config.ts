/** The configuration of one node: what it was started with, under what has been written since (kept on its disk). */
import type { Config } from "./node-context";

type Sections = Record<string, Record<string, string>>;

/** What every node has without anyone setting it, as far as `_config` shows it. */
const defaults: Sections = {
  couch_httpd_auth: { authentication_db: "_users" },
  couchdb: { database_dir: "./data", view_index_dir: "./data" },
  couchdb_engines: { couch: "couch_bt_engine" },
  dreyfus: { name: "clouseau@127.0.0.1" },
  feature_flags: { "partitioned||*": "true" },
  httpd: { server_options: "[{backlog, 128}]" },
  indexers: { couch_mrview: "true" },
  nouveau: { enable: "false" },
  prometheus: { additional_port: "false", bind_address: "127.0.0.1", port: "17986" },
  smoosh: { state_dir: "." },
  vendor: { name: "The Apache Software Foundation" },
};

const diskKey = "configuration";

/** The Config of a node, with what only the node itself may do. */
export class NodeConfig implements Config {
  private values = new Map<string, Map<string, string>>();
  private readonly listeners: ((section: string, key: string, value: string | undefined) => void)[] = [];

  constructor(
    private readonly ini: Sections,
    private readonly disk: Map<string, unknown>,
  ) {
    this.reload();
  }

  get(section: string, key: string): string | undefined {
    return this.values.get(section)?.get(key);
  }

  section(name: string): Record<string, string> {
    return Object.fromEntries([...(this.values.get(name) ?? [])].sort());
  }

  /** All sections that hold something. */
  all(): Sections {
    const names = [...this.values.keys()].filter((name) => this.values.get(name)?.size).sort();
    return Object.fromEntries(names.map((name) => [name, this.section(name)]));
  }

  /** A value set without `persist` is gone after a reload or a restart. */
  set(section: string, key: string, value: string, persist = true): void {
    this.assign(section, key, value);
    if (persist) this.written().set(JSON.stringify([section, key]), value);
    for (const listener of this.listeners) listener(section, key, value);
  }

  delete(section: string, key: string): void {
    this.values.get(section)?.delete(key);
    this.written().set(JSON.stringify([section, key]), undefined);
    for (const listener of this.listeners) listener(section, key, undefined);
  }

  onChange(listener: (section: string, key: string, value: string | undefined) => void): void {
    this.listeners.push(listener);
  }

  /** Reads everything anew from the disk. */
  reload(): void {
    this.values = new Map();
    for (const sections of [defaults, this.ini]) {
      for (const [section, entries] of Object.entries(sections)) {
        for (const [key, value] of Object.entries(entries)) this.assign(section, key, value);
      }
    }
    for (const [path, value] of this.written()) {
      const [section, key] = JSON.parse(path) as [string, string];
      if (value === undefined) this.values.get(section)?.delete(key);
      else this.assign(section, key, value);
    }
  }

  private assign(section: string, key: string, value: string): void {
    const entries = this.values.get(section) ?? new Map<string, string>();
    this.values.set(section, entries.set(key, value));
  }

  private written(): Map<string, string | undefined> {
    const known = this.disk.get(diskKey) as Map<string, string | undefined> | undefined;
    if (known) return known;
    const created = new Map<string, string | undefined>();
    this.disk.set(diskKey, created);
    return created;
  }
}
