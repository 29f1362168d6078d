import { HttpError, type HttpRequest } from "../../node-context";
import { checkDocumentId, type Edit, isSystemShardMap } from "../document";
import type { DocumentAccess, Written } from "../document-access";
import type { Json } from "../json";
import { parseRevision } from "../revision";
import type { DocumentContext } from "./document-context";

/** The revision a write is based on: parameter, If-Match or the body; they must not differ. */
export function baseRevision(request: HttpRequest, inBody?: Json): string | undefined {
  const header = request.headers["if-match"]?.replaceAll('"', "");
  const given = [request.query.get("rev") ?? undefined, header, typeof inBody === "string" ? inBody : undefined];
  const [rev, other] = [...new Set(given.filter((candidate) => candidate !== undefined && candidate !== ""))];
  if (other !== undefined) {
    throw new HttpError(400, "bad_request", "Document rev from request body and query string have different values");
  }
  if (rev !== undefined) parseRevision(rev);
  return rev;
}

/** 413 for what is larger than CouchDB takes. */
export function checkSize(edits: Edit[], maximum: number): void {
  if (edits.some(({ body }) => Buffer.byteLength(JSON.stringify(body)) > maximum)) {
    throw new HttpError(413, "document_too_large", "", { headers: { connection: "close" } });
  }
}

/** 400 for an id without partition in a partitioned database. */
export function checkPartition(database: DocumentAccess, id: string): void {
  if (!database.partitioned || id.startsWith("_")) return;
  if (!/^[^_:][^:]*:./.test(id)) {
    throw new HttpError(400, "illegal_docid", "Doc id must be of form partition:id");
  }
}

/** 400 for an id that CouchDB or this database does not take. */
export function checkId(database: DocumentAccess, id: string): void {
  if (!isSystemShardMap(database.name, id)) checkDocumentId(id);
  checkPartition(database, id);
}

function writeQuorum(request: HttpRequest): number | undefined {
  const quorum = Number(request.query.get("w") ?? Number.NaN);
  return Number.isInteger(quorum) ? quorum : undefined;
}

/** Stores one edit; the statuses are those of a single write. */
export async function writeOne(
  context: DocumentContext,
  request: HttpRequest,
  edit: Edit,
  success = 201,
): Promise<{ status: number; rev: string }> {
  checkSize([edit], context.maximumSize);
  await context.prepare([edit]);
  const mode = request.query.get("new_edits") === "false" ? "replicated" : "interactive";
  const [written] = await context.database.update([edit], mode, writeQuorum(request));
  return { status: accepted(written) ? 202 : success, rev: revisionOf(written) };
}

/** Whether fewer copies than the quorum have stored it. */
export function accepted(written: Written | undefined): boolean {
  return written !== undefined && "rev" in written && written.accepted === true;
}

const STATUS_OF_ERROR: Record<string, number> = { conflict: 409, forbidden: 403, unauthorized: 401 };

/** The new revision; throws what the write was refused with. */
export function revisionOf(written: Written | undefined): string {
  if (written && "rev" in written) return written.rev;
  const { error, reason } = written ?? { error: "error", reason: "internal_server_error" };
  throw new HttpError(STATUS_OF_ERROR[error] ?? 500, error, reason);
}
