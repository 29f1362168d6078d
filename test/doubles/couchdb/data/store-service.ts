import { HttpError, type Peers } from "../node-context";
import type { LocalStore } from "./local-store";
import type { NodeDisk } from "./node-disk";

/** What one node may ask of a database file of another. */
type Operations = Pick<
  LocalStore,
  | "info"
  | "update"
  | "open"
  | "openLeaves"
  | "available"
  | "ids"
  | "documents"
  | "changes"
  | "missing"
  | "purge"
  | "compact"
  | "openLocal"
  | "putLocal"
  | "deleteLocal"
  | "localIds"
  | "property"
  | "setProperty"
  | "adoptSettings"
>;
type Operation = keyof Operations;

/** Reaches the database files of every node, this one included. */
export class StoreService {
  /** Up to which change a file has been copied to which file of another node. */
  private readonly pushed = new Map<string, number>();

  constructor(
    private readonly peers: Peers,
    private readonly disk: NodeDisk,
    inMaintenance: () => boolean,
  ) {
    const run = async (name: string, operation: Operation, args: unknown[]) => {
      const store = this.disk.get(name);
      if (!store) throw new HttpError(404, "no_db_file", name);
      const method = store[operation] as (...args: unknown[]) => unknown;
      const given = args.map((argument) => argument ?? undefined);
      return method.apply(store, given) ?? null;
    };
    peers.serve("store", run);
    peers.serve("shard", async (name: string, operation: Operation, args: unknown[]) => {
      if (inMaintenance()) throw new HttpError(503, "maintenance_mode", peers.self);
      return run(name, operation, args);
    });
    peers.serve("create-store", async (name: string) => {
      this.disk.ensure(name);
      return true;
    });
    peers.serve("delete-store", async (name: string) => this.disk.delete(name));
  }

  /** Runs an operation of a database file on the node that has it. */
  async call<K extends Operation>(
    node: string,
    store: string,
    operation: K,
    ...args: Parameters<Operations[K]>
  ): Promise<ReturnType<Operations[K]>> {
    const result = await this.peers.call<ReturnType<Operations[K]> | null>(node, "store", store, operation, args);
    return (result ?? undefined) as ReturnType<Operations[K]>;
  }

  /** The same for a client's request, which a node in maintenance mode does not serve. */
  async callShard<K extends Operation>(
    node: string,
    store: string,
    operation: K,
    ...args: Parameters<Operations[K]>
  ): Promise<ReturnType<Operations[K]>> {
    const result = await this.peers.call<ReturnType<Operations[K]> | null>(node, "shard", store, operation, args);
    return (result ?? undefined) as ReturnType<Operations[K]>;
  }

  /** Whether a node is connected. */
  reaches(node: string): boolean {
    return this.peers.connected().includes(node);
  }

  create(node: string, store: string): Promise<boolean> {
    return this.peers.call(node, "create-store", store);
  }

  delete(node: string, store: string): Promise<boolean> {
    return this.peers.call(node, "delete-store", store);
  }

  /** Copies every revision that this node has in a file and that node lacks, as internal replication does. */
  async push(name: string, node: string): Promise<void> {
    const store = this.disk.get(name);
    if (!store) return;
    const { uuid } = await this.call(node, name, "info");
    const checkpoint = `${name} ${node} ${uuid}`;
    const { rows, updateSeq } = store.changes(this.pushed.get(checkpoint) ?? 0);
    if (rows.length > 0) {
      const leaves = Object.fromEntries(rows.map(({ id, leaves }) => [id, leaves.map(({ rev }) => rev)]));
      const missing = await this.call(node, name, "missing", leaves);
      const edits = Object.entries(missing).flatMap(([id, { missing: revs }]) =>
        revs.flatMap((rev) => store.open(id, rev) ?? []),
      );
      if (edits.length > 0) await this.call(node, name, "update", edits, "replicated");
    }
    this.pushed.set(checkpoint, updateSeq);
    const settings = store.settings();
    if (Object.keys(settings).length > 0) await this.call(node, name, "adoptSettings", settings);
  }
}
