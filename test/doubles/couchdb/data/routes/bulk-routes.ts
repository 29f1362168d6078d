import { allowMethods, HttpError, type HttpRequest, type HttpResponse } from "../../node-context";
import { parseDocument, renderDocument } from "../document";
import { isObject, type Json } from "../json";
import { parseRevision } from "../revision";
import type { DocumentContext } from "./document-context";
import { newId } from "./document-routes";
import { checkPartition, checkSize } from "./document-writing";
import { bodyAsObject } from "./parameters";

/** `POST /db/_bulk_docs` */
export async function handleBulkDocs(context: DocumentContext, request: HttpRequest): Promise<HttpResponse> {
  allowMethods(request, "POST");
  const { database } = context;
  const { docs, new_edits: newEdits, w } = await bodyAsObject(request);
  if (docs === undefined) throw new HttpError(400, "bad_request", "POST body must include `docs` parameter.");
  if (!Array.isArray(docs)) throw new HttpError(400, "bad_request", "`docs` parameter must be an array.");
  const edits = docs.map((doc) => {
    const edit = parseDocument(doc, isObject(doc) && doc._id === undefined ? newId() : undefined);
    checkPartition(database, edit.id);
    return edit;
  });
  checkSize(edits, context.maximumSize);
  const mode = newEdits === false ? "replicated" : "interactive";
  const refusals = new Map<number, HttpError>();
  if (mode === "replicated" && edits.some(({ history }) => history.length === 0)) {
    throw new HttpError(
      400,
      "bad_request",
      "When `new_edits: false`, the document needs `_rev` or `_revisions` specified",
    );
  }
  for (const [index, edit] of edits.entries()) {
    await context.prepare([edit]).catch((error: unknown) => {
      if (!(error instanceof HttpError)) throw error;
      refusals.set(index, error);
    });
  }
  const permitted = edits.filter((_, index) => !refusals.has(index));
  const written = await database.update(permitted, mode, typeof w === "number" ? w : undefined);
  const results = edits.map(({ id }, index) => {
    const refusal = refusals.get(index);
    if (refusal) return { id, error: refusal.error, reason: refusal.reason };
    const result = written.shift();
    if (!result || "error" in result) return { id, ...result };
    return { ok: true, id, rev: result.rev, ...(result.accepted ? { accepted: true } : {}) };
  });
  const status = results.some((result) => "accepted" in result) ? 202 : 201;
  return { status, body: mode === "replicated" ? results.filter((result) => !("ok" in result)) : results };
}

/** `POST /db/_bulk_get` */
export async function handleBulkGet(context: DocumentContext, request: HttpRequest): Promise<HttpResponse> {
  allowMethods(request, "POST");
  const { docs } = await bodyAsObject(request);
  if (!Array.isArray(docs)) throw new HttpError(400, "bad_request", "Missing JSON list of 'docs'.");
  const withHistory = request.query.get("revs") === "true";
  const attachments = request.query.get("attachments") === "true";
  const results = await Promise.all(
    docs.map(async (wanted) => {
      const { id, rev } = isObject(wanted) ? wanted : {};
      if (typeof id !== "string") {
        return {
          id: id ?? null,
          docs: [{ error: { id: null, rev: null, error: "bad_request", reason: "document id missed" } }],
        };
      }
      if (typeof rev === "string") parseRevision(rev);
      const found = typeof rev === "string" ? await context.database.open(id, rev) : await context.database.open(id);
      if (!found) {
        const error = { rev: rev ?? "undefined", reason: "missing", id, error: "not_found" };
        return { id, docs: [{ error }] };
      }
      const revisions = withHistory ? found.history : undefined;
      return { id, docs: [{ ok: renderDocument(context.reveal(found), { attachments, revisions }) }] };
    }),
  );
  return { status: 200, body: { results } };
}

function revisionLists(body: Record<string, Json>): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(body).map(([id, revs]) => {
      if (!Array.isArray(revs)) throw new HttpError(400, "bad_request", "Invalid revs list");
      for (const rev of revs) parseRevision(rev);
      return [id, revs as string[]];
    }),
  );
}

/** `POST /db/_revs_diff` and its older form `_missing_revs`. */
export async function handleRevsDiff(
  { database }: DocumentContext,
  request: HttpRequest,
  form: "_revs_diff" | "_missing_revs",
): Promise<HttpResponse> {
  allowMethods(request, "POST");
  const missing = await database.missing(revisionLists(await bodyAsObject(request)));
  if (form === "_revs_diff") return { status: 200, body: missing };
  const revs = Object.fromEntries(Object.entries(missing).map(([id, entry]) => [id, entry.missing]));
  return { status: 200, body: { missing_revs: revs } };
}

/** `POST /db/_purge` */
export async function handlePurge({ database }: DocumentContext, request: HttpRequest): Promise<HttpResponse> {
  allowMethods(request, "POST");
  const purged: Record<string, string[]> = {};
  for (const [id, revs] of Object.entries(revisionLists(await bodyAsObject(request)))) {
    purged[id] = await database.purge(id, revs);
  }
  return { status: 201, body: { purge_seq: null, purged } };
}
