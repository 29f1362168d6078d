import type { NodeContext } from "../node-context";
import type { Databases } from "./databases";
import type { LocalStore } from "./local-store";
import type { NodeDisk } from "./node-disk";
import { type ShardMap, shardName } from "./shard-map";
import type { StoreService } from "./store-service";

/** How long after a change the other copies are brought up to date. */
const PUSH_DELAY = 50;

/** Brings the other members' shard maps and copies up to date with what this node holds. */
export class InternalReplication {
  private readonly watched = new Map<LocalStore, () => void>();
  private readonly due = new Map<string, NodeJS.Timeout>();
  private stopped = false;

  constructor(
    private readonly context: NodeContext,
    private readonly disk: NodeDisk,
    private readonly databases: Databases,
    private readonly stores: StoreService,
  ) {
    context.peers.onUp((node) => this.later(`up ${node}`, () => this.pushEverything(node), 0));
    context.peers.serve("sync-shards", async (name: string) => this.syncDatabase(name));
  }

  start(): void {
    this.disk.ensure("_dbs").onChange(() => {
      this.watchShards();
      this.later("_dbs", () => this.pushShardMaps());
    });
    this.disk.ensure("_nodes").onChange(() => this.later("members", () => this.pushToAll()));
    this.watchShards();
  }

  stop(): void {
    this.stopped = true;
    for (const timer of this.due.values()) clearTimeout(timer);
    for (const unwatch of this.watched.values()) unwatch();
  }

  /** Copies this node's shards of a database to their other holders now: its part of `POST /db/_sync_shards`. */
  async syncDatabase(name: string): Promise<void> {
    const map = this.databases.find(name)?.map;
    if (map) await Promise.all(Object.keys(map.ranges).map((range) => this.pushShard(map, range)));
  }

  private get others(): string[] {
    const { peers } = this.context;
    return peers.members().filter((node) => node !== peers.self && peers.connected().includes(node));
  }

  /** Runs an errand after a moment; the same one asked for until then is not run twice. */
  private later(errand: string, run: () => Promise<void>, delay = PUSH_DELAY): void {
    if (this.stopped || this.due.has(errand)) return;
    const timer = setTimeout(() => {
      this.due.delete(errand);
      // A node that is gone again is tried when it is back.
      run().catch(() => {});
    }, delay);
    this.due.set(errand, timer);
  }

  private watchShards(): void {
    for (const map of this.databases.maps()) {
      for (const range of Object.keys(map.ranges)) {
        const name = shardName(map, range);
        const store = this.disk.get(name);
        if (!store || this.watched.has(store)) continue;
        const unwatch = store.onChange(() =>
          this.later(name, async () => {
            const current = this.databases.find(map.database)?.map;
            if (current) await this.pushShard(current, range);
          }),
        );
        this.watched.set(store, unwatch);
      }
    }
  }

  private async pushShardMaps(): Promise<void> {
    await Promise.allSettled(this.others.map((node) => this.stores.push("_dbs", node)));
  }

  private async pushToAll(): Promise<void> {
    await Promise.allSettled(this.others.map((node) => this.pushEverything(node)));
  }

  private async pushEverything(node: string): Promise<void> {
    if (!this.others.includes(node)) return;
    await this.stores.push("_dbs", node);
    for (const map of this.databases.maps()) {
      for (const range of Object.keys(map.ranges)) await this.pushShard(map, range, node);
    }
  }

  private async pushShard(map: ShardMap, range: string, only?: string): Promise<void> {
    const name = shardName(map, range);
    const holders = map.ranges[range] ?? [];
    const { self } = this.context.peers;
    if (!this.disk.get(name)) return;
    const targets = holders.filter((node) => node !== self && (only === undefined || node === only));
    await Promise.allSettled(
      targets.map(async (node) => {
        await this.stores.create(node, name);
        await this.stores.push(name, node);
      }),
    );
  }
}
