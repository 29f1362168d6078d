import { crc32 } from "node:zlib";
import type { NodeContext } from "../../node-context";
import type { Databases } from "../databases";
import { internalError } from "../errors";
import type { Json, JsonObject } from "../json";
import type { NodeDisk } from "../node-disk";
import { type ShardMap, shardName } from "../shard-map";
import type { StoredRevision } from "../store-types";
import { parseReplication, type ReplicationRequest } from "./replication-document";
import { RemoteEnd } from "./replication-end";
import { ReplicationJob, replicationId, timestamp } from "./replication-job";
import type { Outcome } from "./replication-run";

/** How soon a changed document of `_replicator` is noticed. */
const NOTICE_INTERVAL = 100;
const DATABASE = "_replicator";
const TERMINAL = ["completed", "failed"];

interface Known {
  rev: string;
  shard: string;
  /** Absent when the document has come to its end. */
  job?: ReplicationJob;
}

/** Carries out those documents of `_replicator` that fall to this node, and reports their state. */
export class Replicator {
  private readonly known = new Map<string, Known>();
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly context: NodeContext,
    private readonly disk: NodeDisk,
    private readonly databases: Databases,
  ) {
    const { peers } = context;
    peers.serve("replication-row", async (id: string, replication: string) => {
      const job = this.known.get(id)?.job;
      // A document that asks for something else by now has no job yet.
      return job?.id === replication ? job.documentRow(peers.self) : null;
    });
    peers.serve("replication-jobs", async () => this.jobs().map((job) => job.jobRow(peers.self)));
  }

  start(): void {
    const interval = Number(this.context.config.get("replicator", "interval") ?? 60_000);
    const restart = () => {
      for (const job of this.jobs()) job.startIfDue();
    };
    this.timers.push(
      setInterval(() => this.notice(), NOTICE_INTERVAL),
      setInterval(restart, interval),
    );
  }

  stop(): void {
    for (const timer of this.timers) clearInterval(timer);
    for (const job of this.jobs()) job.stop("at once");
  }

  /** Rows of `_active_tasks`. */
  tasks(): JsonObject[] {
    const { self } = this.context.peers;
    const rows = [...this.known.values()].map(({ job, shard }) => job?.taskRow(self, shard));
    return rows.filter((row) => row !== undefined);
  }

  private jobs(): ReplicationJob[] {
    return [...this.known.values()].flatMap(({ job }) => job ?? []);
  }

  /** Compares the documents that fall to this node with its jobs. */
  private notice(): void {
    const mine = new Map<string, { revision: StoredRevision; shard: string }>();
    const map = this.databases.find(DATABASE)?.map;
    for (const range of Object.keys(map?.ranges ?? {})) {
      const shard = shardName(map as ShardMap, range);
      for (const revision of this.disk.get(shard)?.documents() ?? []) {
        if (!revision.id.startsWith("_design/") && this.isMine(map as ShardMap, range, revision.id)) {
          mine.set(revision.id, { revision, shard });
        }
      }
    }
    for (const [id, { job }] of this.known) {
      if (mine.has(id)) continue;
      job?.stop();
      this.known.delete(id);
    }
    for (const { revision, shard } of mine.values()) this.take(revision, shard);
  }

  /** One of the reachable holders of a document carries it out. */
  private isMine(map: ShardMap, range: string, id: string): boolean {
    const { peers } = this.context;
    const reachable = (map.ranges[range] ?? []).filter((node) => peers.connected().includes(node));
    return reachable[crc32(id) % reachable.length] === peers.self;
  }

  private take({ id, rev, body }: StoredRevision, shard: string): void {
    const known = this.known.get(id);
    if (known?.rev === rev) return;
    if (TERMINAL.includes(String(body._replication_state))) {
      known?.job?.stop();
      this.known.set(id, { rev, shard });
      return;
    }
    const request = parseReplication(body);
    if (known?.job?.id === replicationId(request) && known.job.state === "running") {
      known.rev = rev;
      return;
    }
    known?.job?.stop();
    this.known.delete(id);
    const other = this.jobs().find((job) => job.id === replicationId(request));
    if (other) {
      this.known.set(id, { rev, shard });
      const reason =
        `Replication \`${other.id}\` specified by document \`${id}\` already started, ` +
        `triggered by document \`${other.context.documentId}\` from db \`${DATABASE}\``;
      void this.finish(id, { _replication_state: "failed", _replication_state_reason: reason });
      return;
    }
    const job = this.makeJob(id, request);
    this.known.set(id, { rev, shard, job });
    job.start();
  }

  private makeJob(id: string, request: ReplicationRequest): ReplicationJob {
    const job: ReplicationJob = new ReplicationJob(request, {
      documentId: id,
      ends: { source: new RemoteEnd(request.source), target: new RemoteEnd(request.target) },
      config: this.context.config,
      completed: (outcome: Outcome) => {
        const statistics = { ...outcome.statistics, start_time: timestamp(job.startTime) };
        void this.finish(id, { _replication_state: "completed", _replication_stats: statistics });
      },
    });
    return job;
  }

  /** Writes the terminal state into the document. */
  private async finish(id: string, state: JsonObject): Promise<void> {
    const database = this.databases.find(DATABASE);
    const found = await database?.open(id).catch(() => undefined);
    if (!database || !found || found.deleted) return;
    const notes = { ...state, _replication_state_time: timestamp(new Date()) };
    const edit = { ...found, body: { ...found.body, ...notes } };
    await database.update([edit], "interactive").catch(() => []);
  }

  /** The row of a document in `_scheduler/docs`, asked from whichever node carries it out. */
  async documentRow(revision: StoredRevision): Promise<JsonObject> {
    const { body, id } = revision;
    const request = parseReplication(body);
    const rows = await this.askAll<JsonObject | null>("replication-row", id, replicationId(request));
    const row = rows.find((candidate) => candidate !== null);
    const state = (body._replication_state as Json | undefined) ?? null;
    if (row && state === null) return row;
    const { source, target } = request;
    const statistics = body._replication_stats as JsonObject | undefined;
    const { start_time: startTime, ...counters } = statistics ?? {};
    const failed = state === "failed";
    return {
      database: DATABASE,
      doc_id: id,
      id: null,
      source: source.url,
      target: target.url,
      state,
      error_count: failed ? 1 : 0,
      info: failed ? { error: body._replication_state_reason ?? null } : statistics ? counters : null,
      start_time: startTime ?? body._replication_state_time ?? null,
      last_updated: body._replication_state_time ?? null,
    };
  }

  /** Rows of `_scheduler/jobs` of all nodes. */
  async jobRows(): Promise<JsonObject[]> {
    return (await this.askAll<JsonObject[]>("replication-jobs")).flat();
  }

  private async askAll<T>(operation: string, ...args: unknown[]): Promise<T[]> {
    const { peers } = this.context;
    const answers = await Promise.allSettled(peers.connected().map((node) => peers.call<T>(node, operation, ...args)));
    const rows = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
    if (rows.length === 0) throw internalError("error", "nodedown");
    return rows;
  }
}
