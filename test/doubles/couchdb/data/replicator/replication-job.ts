import { createHash } from "node:crypto";
import type { Config } from "../../node-context";
import type { JsonObject } from "../json";
import type { ReplicationRequest } from "./replication-document";
import { type ReplicationEnd, ReplicationError } from "./replication-end";
import { type Outcome, ReplicationRun } from "./replication-run";

const MAXIMUM_HISTORY = 20;
const FIRST_BACK_OFF = 30_000;
const MAXIMUM_BACK_OFF = 8 * 3600_000;
const HEALTHY_AFTER = 120_000;

/** A moment as CouchDB writes it: whole seconds, UTC. */
export function timestamp(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** The id of a replication: the same for the same ends and filter, whatever the rest of a document says. */
export function replicationId(request: ReplicationRequest): string {
  const { source, target, selector, docIds } = request;
  const content = JSON.stringify([source.url, source.username, target.url, target.username, selector, docIds]);
  const base = createHash("md5").update(content).digest("hex");
  return `${base}${request.continuous ? "+continuous" : ""}${request.createTarget ? "+create_target" : ""}`;
}

/** What a job belongs to and tells of its end. */
export interface JobContext {
  documentId: string;
  ends: { source: ReplicationEnd; target: ReplicationEnd };
  config: Config;
  /** Called when a one-shot replication is through. */
  completed(outcome: Outcome): void;
}

/** One replication in the scheduler: started, crashed, started again after a while. */
export class ReplicationJob {
  readonly id: string;
  readonly startTime = new Date();
  private readonly pid = `<0.${700 + Math.floor(Math.random() * 9000)}.0>`;
  state: "running" | "crashing" = "running";
  errorCount = 0;
  lastUpdated = new Date();
  readonly history: JsonObject[] = [];
  private run: ReplicationRun | undefined;
  private lastError = "";
  private crashedAt = 0;
  private readonly abort = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    readonly request: ReplicationRequest,
    readonly context: JobContext,
  ) {
    this.id = replicationId(request);
    this.note("added");
  }

  /** Starts a run. Like CouchDB it counts as running at once, before anything has been tried. */
  start(): void {
    const now = new Date();
    this.state = "running";
    this.lastUpdated = now;
    this.note("started");
    const jitter = this.number("startup_jitter", 5000);
    // Never at once, so that a look can always meet a job that runs without having tried.
    this.timer = setTimeout(() => void this.attempt(), (0.2 + 0.8 * Math.random()) * jitter);
  }

  private number(key: string, fallback: number): number {
    return Number(this.context.config.get("replicator", key) ?? fallback);
  }

  private async attempt(): Promise<void> {
    const { source, target } = this.context.ends;
    const begun = Date.now();
    const { continuous, createTarget, selector, docIds } = this.request;
    const checkpointInterval = this.number("checkpoint_interval", 30_000);
    const options = { continuous, createTarget, selector, docIds, checkpointInterval };
    this.run = new ReplicationRun(this.id, source, target, options, this.abort.signal);
    try {
      this.context.completed(await this.run.run());
    } catch (error) {
      if (this.abort.signal.aborted) return;
      if (Date.now() - begun > HEALTHY_AFTER) this.errorCount = 0;
      this.crash(error instanceof ReplicationError ? error.message : String(error));
    }
  }

  private crash(reason: string): void {
    this.run = undefined;
    this.state = "crashing";
    this.errorCount++;
    this.lastError = reason;
    this.lastUpdated = new Date();
    this.crashedAt = Date.now();
    this.note("crashed", reason);
  }

  /** Starts a crashed job again if its back-off is over: twice as long after every crash. */
  startIfDue(): void {
    if (this.state !== "crashing") return;
    // Tests that make the scheduler quicker make the back-off shorter with it.
    const scale = Math.min(1, this.number("interval", 60_000) / 60_000);
    const backOff = Math.min(FIRST_BACK_OFF * 2 ** (this.errorCount - 1), MAXIMUM_BACK_OFF) * scale;
    if (Date.now() - this.crashedAt >= backOff) this.start();
  }

  /** Ends the job because it is not wanted any more; `at once` because its node is gone. */
  stop(how: "orderly" | "at once" = "orderly"): void {
    clearTimeout(this.timer);
    this.abort.abort();
    if (how === "orderly") this.run?.checkpointAtStop().catch(() => {});
  }

  /** Counters, once it has really started. */
  get info(): JsonObject | null {
    if (!this.run?.statistics) return null;
    return { ...this.run.statistics, source_seq: this.run.throughSeq, through_seq: this.run.throughSeq };
  }

  /** The row of `_scheduler/docs`. */
  documentRow(node: string): JsonObject {
    return {
      database: "_replicator",
      doc_id: this.context.documentId,
      id: this.id,
      node,
      source: this.context.ends.source.url,
      target: this.context.ends.target.url,
      state: this.state,
      info: this.state === "crashing" ? { error: this.lastError } : this.info,
      error_count: this.errorCount,
      last_updated: timestamp(this.lastUpdated),
      start_time: timestamp(this.startTime),
      source_proxy: null,
      target_proxy: null,
    };
  }

  /** The row of `_scheduler/jobs`. */
  jobRow(node: string): JsonObject {
    return {
      database: "_replicator",
      id: this.id,
      pid: this.state === "running" ? this.pid : null,
      source: this.context.ends.source.url,
      target: this.context.ends.target.url,
      user: null,
      doc_id: this.context.documentId,
      info: this.info,
      history: this.history,
      node,
      start_time: timestamp(this.startTime),
    };
  }

  /** The row of `_active_tasks`; none until it has really started. */
  taskRow(node: string, database: string): JsonObject | undefined {
    const { info } = this;
    if (!info) return undefined;
    return {
      node,
      pid: this.pid,
      process_status: "waiting",
      ...info,
      checkpoint_interval: this.number("checkpoint_interval", 30_000),
      continuous: this.request.continuous,
      database,
      doc_id: this.context.documentId,
      replication_id: this.id,
      source: this.context.ends.source.url,
      target: this.context.ends.target.url,
      started_on: Math.floor(this.startTime.getTime() / 1000),
      updated_on: Math.floor(Date.now() / 1000),
      type: "replication",
      user: null,
    };
  }

  private note(type: string, reason?: string): void {
    this.history.unshift({ timestamp: timestamp(new Date()), type, ...(reason === undefined ? {} : { reason }) });
    this.history.splice(MAXIMUM_HISTORY);
  }
}
