import { HttpError } from "../node-context";
import type { Edit } from "./document";
import type { DocumentAccess, FeedPage, FeedRow, Written } from "./document-access";
import { internalError } from "./errors";
import type { Json, JsonObject } from "./json";
import { agree, isAbsence, weigh } from "./quorum";
import { packSequence, unpackSequence, type Vector } from "./sequence";
import { copiesOf, rangeOf, type ShardMap, shardName } from "./shard-map";
import type { StoreService } from "./store-service";
import type { IdRow, StoredRevision, UpdateResult } from "./store-types";

const DEFAULT_SECURITY = { members: { roles: ["_admin"] }, admins: { roles: ["_admin"] } };

/** A database of the cluster: every request goes to the nodes that hold copies, and their answers are weighed. */
export class Database implements DocumentAccess {
  readonly local = false;

  constructor(
    readonly map: ShardMap,
    private readonly stores: StoreService,
  ) {}

  get name(): string {
    return this.map.database;
  }

  get partitioned(): boolean {
    return this.map.partitioned;
  }

  /** How many equal answers are enough. */
  get quorum(): number {
    return Math.floor(copiesOf(this.map) / 2) + 1;
  }

  private get ranges(): string[] {
    return Object.keys(this.map.ranges);
  }

  /** Asks every copy of a range; those that do not answer are left out. */
  private async all<T>(range: string, ask: (node: string, store: string) => Promise<T>): Promise<T[]> {
    const nodes = this.map.ranges[range] ?? [];
    const answers = await Promise.allSettled(nodes.map((node) => ask(node, shardName(this.map, range))));
    const failed = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason] : []));
    const refused = failed.find((reason) => !isAbsence(reason));
    if (refused) throw refused;
    return answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
  }

  /** Asks one copy of a range, whichever answers: a copy that is behind may be the one. */
  private async any<T>(range: string, ask: (node: string, store: string) => Promise<T>): Promise<T> {
    const nodes = this.map.ranges[range] ?? [];
    const start = Math.floor(Math.random() * nodes.length);
    for (let index = 0; index < nodes.length; index++) {
      const node = nodes[(start + index) % nodes.length] as string;
      try {
        return await ask(node, shardName(this.map, range));
      } catch (error) {
        if (!isAbsence(error)) throw error;
      }
    }
    throw new HttpError(500, "nodedown", "progress not possible");
  }

  private everyRange<T>(ask: (node: string, store: string) => Promise<T>): Promise<T[]> {
    return Promise.all(this.ranges.map((range) => this.any(range, ask)));
  }

  /** Reads `_security` of whichever shard can be opened: what every request begins with. */
  async security(): Promise<JsonObject> {
    for (const range of this.ranges) {
      try {
        const security = await this.any(range, (node, store) =>
          this.stores.callShard(node, store, "property", "security"),
        );
        return (security as JsonObject | undefined) ?? DEFAULT_SECURITY;
      } catch (error) {
        if (!(error instanceof HttpError && error.error === "nodedown")) throw error;
      }
    }
    throw internalError("internal_server_error", "No DB shards could be opened.");
  }

  async info(): Promise<JsonObject> {
    const vector: Vector = {};
    const purges: Vector = {};
    const total = { file: 0, external: 0, active: 0, deleted: 0, count: 0 };
    await Promise.all(
      this.ranges.map((range) =>
        this.any(range, async (node, store) => {
          const info = await this.stores.callShard(node, store, "info");
          vector[range] = { node, seq: info.update_seq };
          purges[range] = { node, seq: info.purge_seq };
          const sizes = info.sizes as Record<"file" | "external" | "active", number>;
          total.file += sizes.file;
          total.external += sizes.external;
          total.active += sizes.active;
          total.deleted += info.doc_del_count;
          total.count += info.doc_count;
        }),
      ),
    );
    const { file, external, active, deleted, count } = total;
    return {
      instance_start_time: this.map.suffix.slice(1),
      db_name: this.name,
      purge_seq: packSequence(purges),
      update_seq: packSequence(vector),
      sizes: { file, external, active },
      props: this.partitioned ? { partitioned: true } : {},
      doc_del_count: deleted,
      doc_count: count,
      disk_format_version: 8,
      compact_running: false,
      cluster: { q: this.ranges.length, n: copiesOf(this.map), w: this.quorum, r: this.quorum },
    };
  }

  async update(edits: Edit[], mode: "interactive" | "replicated", quorum = this.quorum): Promise<Written[]> {
    const written = new Array<Written>(edits.length);
    const byRange = new Map<string, number[]>();
    for (const [index, { id }] of edits.entries()) {
      const range = rangeOf(this.map, id);
      byRange.set(range, [...(byRange.get(range) ?? []), index]);
    }
    await Promise.all(
      [...byRange].map(async ([range, indexes]) => {
        const part = indexes.map((index) => edits[index] as Edit);
        const replies = await this.all(range, (node, store) =>
          this.stores.callShard(node, store, "update", part, mode),
        );
        for (const [position, index] of indexes.entries()) {
          written[index] = weigh(
            replies.map((reply) => reply[position] as UpdateResult),
            quorum,
          );
        }
      }),
    );
    return written;
  }

  async open(id: string, rev?: string): Promise<StoredRevision | undefined> {
    const args: [id: string, rev?: string] = rev === undefined ? [id] : [id, rev];
    const replies = await this.byId(id, (node, store) => this.stores.callShard(node, store, "open", ...args));
    if (replies.length === 0) throw internalError("error", "all_workers_died");
    return agree(replies, this.quorum);
  }

  private byId<T>(id: string, ask: (node: string, store: string) => Promise<T>): Promise<T[]> {
    return this.all(rangeOf(this.map, id), ask);
  }

  async openLeaves(id: string): Promise<StoredRevision[]> {
    const replies = await this.byId(id, (node, store) => this.stores.callShard(node, store, "openLeaves", id));
    return replies.sort((a, b) => b.length - a.length)[0] ?? [];
  }

  async available(id: string, revs: string[]): Promise<boolean[]> {
    const replies = await this.byId(id, (node, store) => this.stores.callShard(node, store, "available", id, revs));
    return revs.map((_, index) => replies.some((reply) => reply[index]));
  }

  async ids(): Promise<IdRow[]> {
    const rows = await this.everyRange((node, store) => this.stores.callShard(node, store, "ids"));
    return sortById(rows.flat());
  }

  async documents(prefix = ""): Promise<StoredRevision[]> {
    const rows = await this.everyRange((node, store) => this.stores.callShard(node, store, "documents", prefix));
    return sortById(rows.flat());
  }

  async changes(since: string | undefined, descending = false): Promise<FeedPage> {
    const from = since === undefined || since === "now" ? {} : unpackSequence(since);
    const vector: Vector = {};
    const end: Vector = {};
    const parts = await Promise.all(
      this.ranges.map((range) =>
        this.any(range, async (anyNode, store) => {
          const seen = from[range];
          const node = seen && this.stores.reaches(seen.node) ? seen.node : anyNode;
          const start = seen?.node === node ? seen.seq : 0;
          const { rows, updateSeq } = await this.stores.callShard(node, store, "changes", start);
          vector[range] = { node, seq: descending ? updateSeq : start };
          end[range] = { node, seq: updateSeq };
          return { range, node, rows: descending ? rows.reverse() : rows };
        }),
      ),
    );
    if (since === "now") return { rows: [], lastSeq: packSequence(inOrder(end)) };
    const rows: FeedRow[] = [];
    for (const { range, node, rows: part } of parts) {
      for (const { id, seq, leaves } of part) {
        vector[range] = { node, seq };
        rows.push({ id, seq: packSequence(inOrder(vector)), leaves });
      }
      if (descending) vector[range] = end[range] as Vector[string];
    }
    return { rows, lastSeq: packSequence(inOrder(end)) };
  }

  async missing(revisions: Record<string, string[]>): ReturnType<DocumentAccess["missing"]> {
    const result: Awaited<ReturnType<DocumentAccess["missing"]>> = {};
    const byRange = new Map<string, Record<string, string[]>>();
    for (const [id, revs] of Object.entries(revisions)) {
      const range = rangeOf(this.map, id);
      byRange.set(range, { ...byRange.get(range), [id]: revs });
    }
    const ranges = [...byRange].sort(([a], [b]) => (a < b ? -1 : 1));
    const parts = await Promise.all(
      ranges.map(([range, part]) =>
        this.any(range, (node, store) => this.stores.callShard(node, store, "missing", part)),
      ),
    );
    return Object.assign(result, ...parts);
  }

  async purge(id: string, revs: string[]): Promise<string[]> {
    const replies = await this.byId(id, (node, store) => this.stores.callShard(node, store, "purge", id, revs));
    return replies[0] ?? [];
  }

  async compact(): Promise<void> {
    await Promise.all(
      this.ranges.map((range) => this.all(range, (node, store) => this.stores.callShard(node, store, "compact"))),
    );
  }

  async openLocal(id: string): ReturnType<DocumentAccess["openLocal"]> {
    const replies = await this.byId(id, (node, store) => this.stores.callShard(node, store, "openLocal", id));
    return replies.find((reply) => reply !== undefined);
  }

  async putLocal(id: string, rev: string | undefined, body: JsonObject): Promise<Written> {
    const replies = await this.byId(id, (node, store) => this.stores.callShard(node, store, "putLocal", id, rev, body));
    return weigh(replies, this.quorum);
  }

  async deleteLocal(id: string): Promise<boolean> {
    const replies = await this.byId(id, (node, store) => this.stores.callShard(node, store, "deleteLocal", id));
    return replies.includes(true);
  }

  async localIds(): Promise<IdRow[]> {
    return sortById((await this.everyRange((node, store) => this.stores.callShard(node, store, "localIds"))).flat());
  }

  async property(name: string): Promise<Json | undefined> {
    return this.any(this.ranges[0] as string, (node, store) => this.stores.callShard(node, store, "property", name));
  }

  async setProperty(name: string, value: Json): Promise<void> {
    await Promise.all(
      this.ranges.map((range) =>
        this.all(range, (node, store) => this.stores.callShard(node, store, "setProperty", name, value)),
      ),
    );
  }
}

function sortById<T extends { id: string }>(rows: T[]): T[] {
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function inOrder(vector: Vector): Vector {
  return Object.fromEntries(Object.entries(vector).sort(([a], [b]) => (a < b ? -1 : 1)));
}
