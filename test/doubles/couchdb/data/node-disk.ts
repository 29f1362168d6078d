import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { LocalStore } from "./local-store";
import { StoreJournal } from "./store-journal";

const SUFFIX = ".couch";

/** The database files of one node: real files if it has a folder for them, otherwise kept on its disk in memory. */
export class NodeDisk {
  private readonly stores: Map<string, LocalStore>;

  constructor(
    disk: Map<string, unknown>,
    private readonly folder?: string,
  ) {
    const kept = folder === undefined ? (disk.get("databases") as Map<string, LocalStore> | undefined) : undefined;
    this.stores = kept ?? new Map();
    disk.set("databases", this.stores);
    for (const store of this.stores.values()) store.detach();
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      if (file.endsWith(SUFFIX)) this.ensure(file.slice(0, -SUFFIX.length));
    }
  }

  names(): string[] {
    return [...this.stores.keys()].sort();
  }

  get(name: string): LocalStore | undefined {
    return this.stores.get(name);
  }

  /** The store of that name, made if it is not there. */
  ensure(name: string): LocalStore {
    const store = this.stores.get(name) ?? new LocalStore(name, this.journal(name));
    this.stores.set(name, store);
    return store;
  }

  delete(name: string): boolean {
    this.stores.get(name)?.close();
    if (this.folder !== undefined) rmSync(this.file(this.folder, name), { force: true });
    return this.stores.delete(name);
  }

  /** Writes no more. */
  close(): void {
    for (const store of this.stores.values()) store.close();
  }

  private journal(name: string): StoreJournal | undefined {
    return this.folder === undefined ? undefined : new StoreJournal(this.file(this.folder, name));
  }

  private file(folder: string, name: string): string {
    return join(folder, name + SUFFIX);
  }
}
