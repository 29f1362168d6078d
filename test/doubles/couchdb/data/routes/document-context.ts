import { HttpError, type User } from "../../node-context";
import type { Edit } from "../document";
import type { DocumentAccess } from "../document-access";
import type { StoredRevision } from "../store-types";

/** What a handler of documents needs: the database, who asks, and what checks and changes a write. */
export interface DocumentContext {
  database: DocumentAccess;
  user: User;
  /** Largest document taken, in bytes. */
  maximumSize: number;
  /** Refuses (403) or changes edits before they are stored. */
  prepare(edits: Edit[]): Promise<void>;
  /** Hides what the user may not read. */
  reveal(document: StoredRevision): StoredRevision;
}

/** 404 with the recorded reason: `missing`, or `deleted` when there is a tombstone. */
export function notFound(reason: "missing" | "deleted"): HttpError {
  return new HttpError(404, "not_found", reason);
}

/** The winner of a document; 404 when there is none. */
export async function openWinner({ database, reveal }: DocumentContext, id: string): Promise<StoredRevision> {
  const revision = await database.open(id);
  if (!revision) throw notFound("missing");
  if (revision.deleted) throw notFound("deleted");
  return reveal(revision);
}
