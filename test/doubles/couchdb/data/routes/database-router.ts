import { allowMethods, HttpError, type HttpRequest, type HttpResponse } from "../../node-context";
import { Database } from "../database";
import { isSystemShardMap } from "../document";
import { internalError } from "../errors";
import { isSecurityObject, requireDatabaseAdmin } from "../security";
import { handleAllDocs, handleLocalDocs } from "./all-docs-routes";
import { handleAttachment } from "./attachment-routes";
import { handleBulkDocs, handleBulkGet, handlePurge, handleRevsDiff } from "./bulk-routes";
import { handleChanges } from "./changes-routes";
import { showShards } from "./database-routes";
import { type DocumentContext, notFound } from "./document-context";
import { handleDocument, postDocument } from "./document-routes";
import { handleLocalDocument } from "./local-document-routes";
import { handleFind, handleIndex } from "./mango-routes";
import { bodyAsJson, decodeSegment } from "./parameters";
import { handleDesignInfo, handleView } from "./view-routes";

/** Answers what stands behind the name of a database; the asker has been found to be a member. */
export async function routeDatabase(
  context: DocumentContext,
  request: HttpRequest,
  rest: string[],
  syncShards: () => Promise<void>,
): Promise<HttpResponse> {
  const { database } = context;
  const segments = rest.map(decodeSegment);
  const [first, second, ...more] = segments;
  if (first === undefined) return routeRoot(context, request);
  const design = /^_design(?:\/(.+))?$/s.exec(first);
  if (design) {
    const name = design[1] ?? second;
    const parts = design[1] === undefined ? more : segments.slice(1);
    if (name === undefined) throw notFound("missing");
    return routeDesign(context, request, name, parts);
  }
  const local = /^_local(?:\/(.+))?$/s.exec(first);
  if (local) {
    const name = local[1] ?? segments.slice(1).join("/");
    return handleLocalDocument(context, request, `_local/${name}`);
  }
  switch (first) {
    case "_all_docs":
      return handleAllDocs(context, request);
    case "_design_docs":
      return handleAllDocs(context, request, (id) => id.startsWith("_design/"));
    case "_local_docs":
      return handleLocalDocs(context, request);
    case "_bulk_docs":
      return handleBulkDocs(context, request);
    case "_bulk_get":
      return handleBulkGet(context, request);
    case "_revs_diff":
    case "_missing_revs":
      return handleRevsDiff(context, request, first);
    case "_purge":
      requireDatabaseAdmin(await database.security(), context.user);
      return handlePurge(context, request);
    case "_changes":
      return handleChanges(context, request);
    case "_find":
    case "_explain":
      return handleFind(context, request, first);
    case "_index":
      return handleIndex(context, request, segments.slice(1));
    case "_security":
      return routeSecurity(context, request);
    case "_revs_limit":
      return routeRevsLimit(context, request);
    case "_shards":
      if (database instanceof Database) return showShards(database, request, second);
      break;
    case "_sync_shards":
      allowMethods(request, "POST");
      requireDatabaseAdmin(await database.security(), context.user);
      await syncShards();
      return { status: 202, body: { ok: true } };
    case "_compact":
    case "_view_cleanup":
      allowMethods(request, "POST");
      requireDatabaseAdmin(await database.security(), context.user);
      await requireJsonType(request);
      if (first === "_compact") await database.compact();
      return { status: 202, body: { ok: true }, close: true };
    case "_ensure_full_commit":
      allowMethods(request, "POST");
      await requireJsonType(request);
      return {
        status: 201,
        body: { ok: true, instance_start_time: (await database.info()).instance_start_time },
        close: true,
      };
    case "_partition":
      return routePartition(context, request, second, more[0]);
    default:
  }
  if (first.startsWith("_") && request.method !== "PUT" && !isSystemShardMap(database.name, first)) {
    throw notFound("missing");
  }
  return second === undefined
    ? handleDocument(context, request, first)
    : handleAttachment(context, request, first, segments.slice(1).join("/"));
}

/** 415 without looking at the body, which is why the connection is closed after it. */
async function requireJsonType(request: HttpRequest): Promise<void> {
  if (request.headers["content-type"]?.split(";")[0] === "application/json") return;
  throw new HttpError(415, "bad_content_type", "Content-Type must be application/json");
}

async function routeRoot(context: DocumentContext, request: HttpRequest): Promise<HttpResponse> {
  switch (request.method) {
    case "GET":
    case "HEAD":
      return { status: 200, body: await context.database.info() };
    case "POST":
      return postDocument(context, request);
    default:
      allowMethods(request, "DELETE", "GET", "HEAD", "POST", "PUT");
      throw notFound("missing");
  }
}

async function routeDesign(
  context: DocumentContext,
  request: HttpRequest,
  name: string,
  parts: string[],
): Promise<HttpResponse> {
  const [first, second] = parts;
  if (first === undefined) return handleDocument(context, request, `_design/${name}`);
  if (first === "_view" && second !== undefined) return handleView(context, request, name, second);
  if (first === "_info") return handleDesignInfo(context, request, name);
  if (first.startsWith("_")) throw notFound("missing");
  return handleAttachment(context, request, `_design/${name}`, parts.join("/"));
}

async function routeSecurity({ database, user }: DocumentContext, request: HttpRequest): Promise<HttpResponse> {
  allowMethods(request, "GET", "HEAD", "PUT");
  const current = await database.security();
  if (request.method !== "PUT") return { status: 200, body: current };
  // Not recorded; documented at `[couchdb] users_db_security_editable`, which is false where it is not set.
  if (database.name === "_users") {
    throw new HttpError(403, "forbidden", "You can't edit the security object of the user database.");
  }
  const wanted = await bodyAsJson(request);
  try {
    requireDatabaseAdmin(current, user);
  } catch {
    throw internalError("error", "no_majority", false);
  }
  if (!isSecurityObject(wanted)) throw internalError("error", "no_majority", false);
  await database.setProperty("security", wanted);
  return { status: 200, body: { ok: true } };
}

async function routeRevsLimit({ database, user }: DocumentContext, request: HttpRequest): Promise<HttpResponse> {
  allowMethods(request, "GET", "PUT");
  if (request.method === "GET") return { status: 200, body: (await database.property("revsLimit")) ?? 1000 };
  requireDatabaseAdmin(await database.security(), user);
  const limit = await bodyAsJson(request);
  if (typeof limit !== "number" || limit < 1) {
    throw new HttpError(400, "bad_request", "Rev limit has to be an integer");
  }
  await database.setProperty("revsLimit", limit);
  return { status: 200, body: { ok: true } };
}

async function routePartition(
  context: DocumentContext,
  request: HttpRequest,
  partition: string | undefined,
  what: string | undefined,
): Promise<HttpResponse> {
  const { database } = context;
  if (!database.partitioned) throw new HttpError(400, "bad_request", "database is not partitioned");
  if (partition === undefined) throw notFound("missing");
  const inPartition = (id: string) => id.startsWith(`${partition}:`);
  if (what === "_all_docs") return handleAllDocs(context, request, inPartition);
  if (what !== undefined) throw notFound("missing");
  const documents = (await database.documents()).filter(({ id }) => inPartition(id));
  const external = documents.reduce((size, { body }) => size + JSON.stringify(body).length, 0);
  return {
    status: 200,
    body: {
      db_name: database.name,
      sizes: { active: external, external },
      partition,
      doc_count: documents.length,
      doc_del_count: 0,
    },
  };
}
