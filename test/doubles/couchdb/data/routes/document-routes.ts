import { randomUUID } from "node:crypto";
import { allowMethods, HttpError, type HttpRequest, type HttpResponse } from "../../node-context";
import { parseDocument } from "../document";
import { isObject, type JsonObject } from "../json";
import { type DocumentContext, openWinner } from "./document-context";
import { readDocument } from "./document-reading";
import { baseRevision, checkId, writeOne } from "./document-writing";
import { bodyAsJson, location } from "./parameters";

/** A new document id, as `_uuids` gives them. */
export function newId(): string {
  return randomUUID().replaceAll("-", "");
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
  checkId(database, id);
  const edit = parseDocument(json, id);
  const { status, rev } = await writeOne(context, request, edit);
  return { status, headers: { location: location(request, database.name, id) }, body: { ok: true, id, rev } };
}
