import { randomBytes } from "node:crypto";
import { isObject, type JsonObject } from "../json";
import type { ChangesPage, Filter, ReplicationEnd } from "./replication-end";

/** Counters of a replication, named as CouchDB shows them. */
export interface Statistics extends JsonObject {
  revisions_checked: number;
  missing_revisions_found: number;
  docs_read: number;
  docs_written: number;
  changes_pending: number | null;
  doc_write_failures: number;
  bulk_get_docs: number;
  bulk_get_attempts: number;
  checkpointed_source_seq: string;
}

/** How a run ended: the recorded history of it. */
export interface Outcome {
  statistics: Statistics;
  sessionId: string;
  startedAt: Date;
  endedAt: Date;
  startSeq: string | number;
  lastSeq: string;
  /** Nothing was there to copy. */
  unchanged: boolean;
}

const ID_VERSION = 4;
const LAST_CHECKPOINT_TIMEOUT = 2000;
const NOTHING_YET = {
  revisions_checked: 0,
  missing_revisions_found: 0,
  docs_read: 0,
  docs_written: 0,
  doc_write_failures: 0,
  bulk_get_docs: 0,
  bulk_get_attempts: 0,
};

function isTimeAnother(since: number, interval: number): boolean {
  return Date.now() - since >= interval;
}

/** One run of a replication: from opening both ends to the last change, or on and on if it is continuous. */
export class ReplicationRun {
  /** Null until both ends have been opened. */
  statistics: Statistics | null = null;
  throughSeq = "0";
  private readonly sessionId = randomBytes(16).toString("hex");
  private readonly startedAt = new Date();
  private startSeq = "0";
  private caughtUp = false;
  private lastCheckpoint = Date.now();

  constructor(
    private readonly id: string,
    private readonly source: ReplicationEnd,
    private readonly target: ReplicationEnd,
    private readonly options: Filter & { continuous: boolean; createTarget: boolean; checkpointInterval: number },
    private readonly signal: AbortSignal,
  ) {}

  /** Runs to the end; throws ReplicationError, or whatever the signal aborts with. */
  async run(): Promise<Outcome> {
    const { source, target, signal, options } = this;
    await source.open(false, signal);
    await target.open(options.createTarget, signal);
    const last = await this.lastCheckpointOfBoth();
    this.startSeq = typeof last?.source_last_seq === "string" ? last.source_last_seq : "0";
    this.throughSeq = this.startSeq;
    const statistics: Statistics = {
      ...NOTHING_YET,
      ...(isObject(last?.statistics) ? last.statistics : {}),
      changes_pending: null,
      checkpointed_source_seq: this.startSeq,
    };
    const checkedBefore = statistics.revisions_checked;
    let page = await source.changes(this.throughSeq, options, false, signal);
    this.statistics = statistics;
    for (;;) {
      await this.copy(page, statistics);
      const atEnd = page.results.length === 0;
      if (atEnd && !options.continuous) break;
      if (isTimeAnother(this.lastCheckpoint, options.checkpointInterval)) await this.checkpoint(statistics);
      page = await source.changes(this.throughSeq, options, options.continuous && !page.pending, signal);
    }
    await this.checkpoint(statistics);
    return {
      statistics,
      sessionId: this.sessionId,
      startedAt: this.startedAt,
      endedAt: new Date(),
      startSeq: this.startSeq === "0" ? 0 : this.startSeq,
      lastSeq: this.throughSeq,
      unchanged: statistics.revisions_checked === checkedBefore,
    };
  }

  private async copy(page: ChangesPage, statistics: Statistics): Promise<void> {
    const { source, target, signal } = this;
    if (page.results.length > 0) {
      const revisions = Object.fromEntries(page.results.map(({ id, changes }) => [id, changes.map(({ rev }) => rev)]));
      statistics.revisions_checked += Object.values(revisions).flat().length;
      const missing = await target.missing(revisions, signal);
      statistics.missing_revisions_found += missing.length;
      if (missing.length > 0) {
        const documents = await source.read(missing, signal);
        statistics.bulk_get_attempts += missing.length;
        statistics.bulk_get_docs += documents.length;
        statistics.docs_read += documents.length;
        const refused = await target.write(documents, signal);
        statistics.docs_written += documents.length - refused;
        statistics.doc_write_failures += refused;
      }
      // Unknown until the feed has come to its end once.
      if (this.caughtUp) statistics.changes_pending = page.pending ?? 0;
    }
    this.caughtUp ||= !page.pending;
    this.throughSeq = page.last_seq;
  }

  /** Where an earlier run has got to, if both ends remember the same. */
  private async lastCheckpointOfBoth(): Promise<JsonObject | undefined> {
    const [here, there] = await Promise.all([
      this.source.readCheckpoint(this.id, this.signal),
      this.target.readCheckpoint(this.id, this.signal),
    ]);
    return here?.session_id === there?.session_id ? here : undefined;
  }

  /** Notes on both ends how far a run got that is being stopped. */
  async checkpointAtStop(): Promise<void> {
    if (this.statistics) await this.checkpoint(this.statistics, AbortSignal.timeout(LAST_CHECKPOINT_TIMEOUT));
  }

  private async checkpoint(statistics: Statistics, signal = this.signal): Promise<void> {
    this.lastCheckpoint = Date.now();
    if (this.throughSeq === statistics.checkpointed_source_seq) return;
    const checkpoint = {
      session_id: this.sessionId,
      source_last_seq: this.throughSeq,
      replication_id_version: ID_VERSION,
      history: [],
      statistics,
    };
    await this.source.writeCheckpoint(this.id, checkpoint, signal);
    await this.target.writeCheckpoint(this.id, checkpoint, signal);
    statistics.checkpointed_source_seq = this.throughSeq;
  }
}
