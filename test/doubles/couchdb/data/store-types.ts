import type { Json, JsonObject } from "./json";
import type { Attachment } from "./revision";

/** A revision as it is handed out. */
export interface StoredRevision {
  id: string;
  rev: string;
  deleted: boolean;
  body: JsonObject;
  attachments: Attachment[];
  /** The revision and its ancestors, newest first. */
  history: string[];
}

/** What became of one edit. */
export type UpdateResult = { rev: string } | { error: string; reason: string };

/** One row of a changes feed. */
export interface Change {
  id: string;
  seq: number;
  /** The winner first. */
  leaves: { rev: string; deleted: boolean }[];
}

/** Settings of a database and when they were made. */
export type Settings = Record<string, { value: Json; setAt: number }>;

/** A row of the index by id: a document that is not deleted. */
export interface IdRow {
  id: string;
  rev: string;
}
