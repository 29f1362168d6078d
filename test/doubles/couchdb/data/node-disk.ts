import { LocalStore } from "./local-store";

/** The database files of one node, kept on what the node has for a disk. */
export class NodeDisk {
  private readonly stores: Map<string, LocalStore>;

  constructor(disk: Map<string, unknown>) {
    const kept = disk.get("databases") as Map<string, LocalStore> | undefined;
    this.stores = kept ?? new Map();
    disk.set("databases", this.stores);
    for (const store of this.stores.values()) store.detach();
  }

  names(): string[] {
    return [...this.stores.keys()].sort();
  }

  get(name: string): LocalStore | undefined {
    return this.stores.get(name);
  }

  /** The store of that name, made if it is not there. */
  ensure(name: string): LocalStore {
    const store = this.stores.get(name) ?? new LocalStore(name);
    this.stores.set(name, store);
    return store;
  }

  delete(name: string): boolean {
    return this.stores.delete(name);
  }
}
