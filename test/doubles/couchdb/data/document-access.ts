import type { Edit } from "./document";
import type { Json, JsonObject } from "./json";
import type { IdRow, StoredRevision } from "./store-types";

/** What became of one edit; `accepted`: stored, but by fewer copies than the quorum. */
export type Written = { rev: string; accepted?: boolean } | { error: string; reason: string };

/** One row of a changes feed, with the sequence to go on from. */
export interface FeedRow {
  id: string;
  seq: string | number;
  leaves: { rev: string; deleted: boolean }[];
}

/** The rows after a sequence. */
export interface FeedPage {
  rows: FeedRow[];
  /** The sequence of the end of the feed, whether or not rows are cut off. */
  lastSeq: string | number;
}

/** Documents of one database, whether it lives on the cluster or is a file of one node. */
export interface DocumentAccess {
  readonly name: string;
  /** The database is a file of one node and not of the cluster. */
  readonly local: boolean;
  readonly partitioned: boolean;
  info(): Promise<JsonObject>;
  security(): Promise<JsonObject>;
  update(edits: Edit[], mode: "interactive" | "replicated", quorum?: number): Promise<Written[]>;
  open(id: string, rev?: string): Promise<StoredRevision | undefined>;
  openLeaves(id: string): Promise<StoredRevision[]>;
  available(id: string, revs: string[]): Promise<boolean[]>;
  ids(): Promise<IdRow[]>;
  /** The winners that are not deleted and whose ids begin so, by id. */
  documents(prefix?: string): Promise<StoredRevision[]>;
  /** Rows after `since` (absent: all); `descending` newest first. Throws 400 for an invalid sequence. */
  changes(since: string | undefined, descending?: boolean): Promise<FeedPage>;
  missing(
    revisions: Record<string, string[]>,
  ): Promise<Record<string, { missing: string[]; possible_ancestors?: string[] }>>;
  purge(id: string, revs: string[]): Promise<string[]>;
  compact(): Promise<void>;
  openLocal(id: string): Promise<{ rev: string; body: JsonObject } | undefined>;
  putLocal(id: string, rev: string | undefined, body: JsonObject): Promise<Written>;
  deleteLocal(id: string): Promise<boolean>;
  localIds(): Promise<IdRow[]>;
  property(name: string): Promise<Json | undefined>;
  setProperty(name: string, value: Json): Promise<void>;
}
