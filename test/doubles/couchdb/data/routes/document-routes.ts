import { randomUUID } from "node:crypto";
import { allowMethods, HttpError, type HttpRequest, type HttpResponse, type User } from "../../node-context";
import { checkDocumentId, type Edit, parseDocument, renderDocument } from "../document";
import type { DocumentAccess, Written } from "../document-access";
import { etagOf } from "../etag";
import { isObject, type Json, type JsonObject } from "../json";
import type { StoredRevision } from "../local-store";
import { parseRevision } from "../revision";
import { bodyAsJson, bodyAsObject, location, Parameters, parseJson } from "./parameters";

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

/** A new document id, as `_uuids` gives them. */
export function newId(): string {
  return randomUUID().replaceAll("-", "");
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

function checkId(database: DocumentAccess, id: string): void {
  checkDocumentId(id);
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

function accepted(written: Written | undefined): boolean {
  return written !== undefined && "rev" in written && written.accepted === true;
}

const STATUS_OF_ERROR: Record<string, number> = { conflict: 409, forbidden: 403, unauthorized: 401 };

function revisionOf(written: Written | undefined): string {
  if (written && "rev" in written) return written.rev;
  const { error, reason } = written ?? { error: "error", reason: "internal_server_error" };
  throw new HttpError(STATUS_OF_ERROR[error] ?? 500, error, reason);
}

/** `/db/docid` */
export async function handleDocument(
  context: DocumentContext,
  request: HttpRequest,
  id: string,
): Promise<HttpResponse> {
  switch (request.method) {
    case "GET":
    case "HEAD":
      return readDocument(context, request, id);
    case "PUT":
      return putDocument(context, request, id);
    case "DELETE":
      return deleteDocument(context, request, id);
    case "COPY":
      return copyDocument(context, request, id);
    default:
      allowMethods(request, "DELETE", "GET", "HEAD", "POST", "PUT", "COPY");
      throw new HttpError(415, "bad_content_type", "Content-Type must be multipart/form-data");
  }
}

async function readDocument(context: DocumentContext, request: HttpRequest, id: string): Promise<HttpResponse> {
  const parameters = new Parameters(request.query);
  const openRevs = parameters.text("open_revs");
  if (openRevs !== undefined) return readRevisions(context, parameters, id, openRevs);
  const rev = parameters.text("rev");
  if (rev !== undefined) parseRevision(rev);
  const { database } = context;
  const found = rev === undefined ? await openWinner(context, id) : await database.open(id, rev);
  if (!found) throw notFound("missing");
  const document = renderDocument(context.reveal(found), {
    attachments: parameters.flag("attachments"),
    revisions: parameters.flag("revs") ? found.history : undefined,
  });
  const plain = Object.keys(document).length;
  const meta = parameters.flag("meta");
  if (meta || parameters.flag("revs_info")) {
    const available = await database.available(id, found.history);
    document._revs_info = found.history.map((ancestor, index) => ({
      rev: ancestor,
      status: available[index] ? "available" : "missing",
    }));
  }
  const others = (await database.openLeaves(id)).filter((leaf) => leaf.rev !== found.rev);
  const list = (deleted: boolean) => others.filter((leaf) => leaf.deleted === deleted).map((leaf) => leaf.rev);
  const [conflicts, deletedConflicts] = [list(false), list(true)];
  if ((meta || parameters.flag("conflicts")) && conflicts.length > 0) document._conflicts = conflicts;
  if ((meta || parameters.flag("deleted_conflicts")) && deletedConflicts.length > 0) {
    document._deleted_conflicts = deletedConflicts;
  }
  // Only the bare document is the same for the same revision.
  const bare = plain === Object.keys(document).length && !parameters.has("revs", "meta", "conflicts", "attachments");
  if (!bare) return { status: 200, body: document };
  const etag = `"${found.rev}"`;
  if (request.headers["if-none-match"] === etag) return { status: 304, headers: { etag } };
  return { status: 200, headers: { etag }, body: document };
}

async function readRevisions(
  { database, reveal }: DocumentContext,
  parameters: Parameters,
  id: string,
  wanted: string,
): Promise<HttpResponse> {
  const wanting = { attachments: parameters.flag("attachments") };
  const render = (revision: StoredRevision) => ({
    ok: renderDocument(reveal(revision), {
      ...wanting,
      revisions: parameters.flag("revs") ? revision.history : undefined,
    }),
  });
  if (wanted === "all") {
    const leaves = await database.openLeaves(id);
    if (leaves.length === 0) throw notFound("missing");
    return { status: 200, body: leaves.map(render) };
  }
  const revs = parseJson(wanted);
  if (!Array.isArray(revs)) throw new HttpError(400, "bad_request", "open_revs must be an array");
  const body = await Promise.all(
    revs.map(async (rev) => {
      parseRevision(rev);
      const revision = await database.open(id, String(rev));
      return revision ? render(revision) : { missing: rev };
    }),
  );
  return { status: 200, body };
}

async function putDocument(context: DocumentContext, request: HttpRequest, id: string): Promise<HttpResponse> {
  const { database } = context;
  checkId(database, id);
  const json = await bodyAsJson(request);
  const edit = parseDocument(json, id);
  const rev = baseRevision(request, isObject(json) ? json._rev : undefined);
  if (edit.history.length === 0 && rev !== undefined) edit.history = [rev];
  const written = await writeOne(context, request, edit);
  return {
    status: written.status,
    headers: { etag: `"${written.rev}"`, location: location(request, database.name, id) },
    body: { ok: true, id, rev: written.rev },
  };
}

async function deleteDocument(context: DocumentContext, request: HttpRequest, id: string): Promise<HttpResponse> {
  await openWinner(context, id);
  const rev = baseRevision(request);
  const edit = { id, history: rev === undefined ? [] : [rev], deleted: true, body: {}, attachments: [] };
  const written = await writeOne(context, request, edit, 200);
  return {
    status: written.status,
    headers: { etag: `"${written.rev}"` },
    body: { ok: true, id, rev: written.rev },
  };
}

async function copyDocument(context: DocumentContext, request: HttpRequest, id: string): Promise<HttpResponse> {
  const destination = request.headers.destination;
  if (typeof destination !== "string") {
    throw new HttpError(400, "bad_request", "Destination header is mandatory for COPY.");
  }
  const [target, query] = destination.replace(/^\/+/, "").split("?") as [string, string?];
  const targetId = decodeURIComponent(target);
  checkId(context.database, targetId);
  const rev = new URLSearchParams(query).get("rev");
  const { body, attachments } = await openWinner(context, id);
  const edit = { id: targetId, history: rev === null ? [] : [rev], deleted: false, body, attachments };
  const written = await writeOne(context, request, edit);
  return {
    status: written.status,
    headers: { etag: `"${written.rev}"`, location: location(request, context.database.name, targetId) },
    body: { ok: true, id: targetId, rev: written.rev },
  };
}

/** `POST /db`: a document whose id is in it, or made up. */
export async function postDocument(context: DocumentContext, request: HttpRequest): Promise<HttpResponse> {
  const { database } = context;
  const json = await request.json();
  const given = isObject(json) ? (json as JsonObject)._id : undefined;
  const id = typeof given === "string" ? given : newId();
  const edit = parseDocument(json, id);
  checkPartition(database, id);
  const { status, rev } = await writeOne(context, request, edit);
  return { status, headers: { location: location(request, database.name, id) }, body: { ok: true, id, rev } };
}

/** `/db/_local/id` */
export async function handleLocalDocument(
  { database }: DocumentContext,
  request: HttpRequest,
  id: string,
): Promise<HttpResponse> {
  const tag = (rev: string, body: JsonObject) => ({ etag: etagOf(id, rev, JSON.stringify(body)) });
  const found = await database.openLocal(id);
  switch (request.method) {
    case "GET":
    case "HEAD":
      if (!found) throw notFound("missing");
      return { status: 200, headers: tag(found.rev, found.body), body: { _id: id, _rev: found.rev, ...found.body } };
    case "PUT": {
      const json = await bodyAsJson(request);
      const { body } = parseDocument(json, id);
      const written = await database.putLocal(id, baseRevision(request, isObject(json) ? json._rev : undefined), body);
      const rev = revisionOf(written);
      const headers = { ...tag(rev, body), location: location(request, database.name, id) };
      return { status: accepted(written) ? 202 : 201, headers, body: { ok: true, id, rev } };
    }
    case "DELETE":
      if (!found) throw notFound("missing");
      await database.deleteLocal(id);
      return { status: 200, body: { ok: true, id, rev: "0-0" } };
    default:
      allowMethods(request, "DELETE", "GET", "HEAD", "PUT", "COPY");
      await bodyAsObject(request);
      throw notFound("missing");
  }
}
