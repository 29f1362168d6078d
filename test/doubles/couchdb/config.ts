/** The configuration of one node: defaults, under what its source says, under what was set without being kept. */
import { type ConfigSource, entriesOf, type Sections } from "./config-source";
import type { Config } from "./node-context";

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

type Values = Map<string, Map<string, string>>;
type Listener = (section: string, key: string, value: string | undefined, kept: boolean) => void;

/** The Config of a node, with what only the node itself may do. */
export class NodeConfig implements Config {
  private values: Values;
  private readonly listeners: Listener[] = [];

  constructor(private readonly source: ConfigSource) {
    this.values = read(source);
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

  /**
   * A value set without `persist` is gone after a reload or a restart. Answers the error of a file that cannot be written:
   * then too the value counts until the next start, but no listener hears of it.
   */
  set(section: string, key: string, value: string, persist = true): string | undefined {
    assign(this.values, section, key, value);
    return this.changed(section, key, value, persist);
  }

  /** As `set`. */
  delete(section: string, key: string, persist = true): string | undefined {
    this.values.get(section)?.delete(key);
    return this.changed(section, key, undefined, persist);
  }

  onChange(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** Reads everything again. */
  reload(): void {
    const before = this.values;
    this.values = read(this.source);
    for (const section of new Set([...before.keys(), ...this.values.keys()])) {
      for (const key of new Set([...keysOf(before, section), ...keysOf(this.values, section)])) {
        const value = this.get(section, key);
        if (value !== before.get(section)?.get(key)) this.tell(section, key, value, true);
      }
    }
  }

  private changed(section: string, key: string, value: string | undefined, persist: boolean): string | undefined {
    try {
      if (persist) this.source.write(section, key, value);
    } catch (error) {
      return ((error as NodeJS.ErrnoException).code ?? "error").toLowerCase();
    }
    this.tell(section, key, value, persist);
    return undefined;
  }

  private tell(section: string, key: string, value: string | undefined, kept: boolean): void {
    for (const listener of this.listeners) listener(section, key, value, kept);
  }
}

function read(source: ConfigSource): Values {
  const values: Values = new Map();
  for (const { section, key, value } of [...entriesOf(defaults), ...source.read()]) {
    if (value === undefined) values.get(section)?.delete(key);
    else assign(values, section, key, value);
  }
  return values;
}

function assign(values: Values, section: string, key: string, value: string): void {
  values.set(section, (values.get(section) ?? new Map<string, string>()).set(key, value));
}

const keysOf = (values: Values, section: string) => values.get(section)?.keys() ?? [];
