import { allowMethods, HttpError, type HttpRequest, type HttpResponse } from "../../node-context";
import { makeAttachment } from "../attachments";
import { parseRevision } from "../revision";
import { type DocumentContext, notFound, openWinner } from "./document-context";
import { baseRevision, writeOne } from "./document-writing";
import { location } from "./parameters";

/** `/db/docid/file` */
export async function handleAttachment(
  context: DocumentContext,
  request: HttpRequest,
  id: string,
  name: string,
): Promise<HttpResponse> {
  switch (request.method) {
    case "GET":
    case "HEAD":
      return readAttachment(context, request, id, name);
    case "PUT": {
      const contentType = request.headers["content-type"] ?? "application/octet-stream";
      return change(context, request, id, name, makeAttachment(name, contentType, await request.body()));
    }
    case "DELETE":
      return change(context, request, id, name, undefined);
    default:
      allowMethods(request, "DELETE", "GET", "HEAD", "PUT");
      throw notFound("missing");
  }
}

async function readAttachment(
  context: DocumentContext,
  request: HttpRequest,
  id: string,
  name: string,
): Promise<HttpResponse> {
  const rev = request.query.get("rev");
  const document = rev === null ? await openWinner(context, id) : await context.database.open(id, rev);
  if (!document) throw notFound("missing");
  const attachment = document.attachments.find((candidate) => candidate.name === name);
  if (!attachment) throw new HttpError(404, "not_found", "Document is missing attachment");
  const etag = `"${attachment.digest}"`;
  if (request.headers["if-none-match"] === etag) return { status: 304, headers: { etag } };
  return {
    status: 200,
    headers: { etag, "content-type": attachment.contentType },
    body: Buffer.from(attachment.data ?? "", "base64"),
  };
}

async function change(
  context: DocumentContext,
  request: HttpRequest,
  id: string,
  name: string,
  attachment: ReturnType<typeof makeAttachment> | undefined,
): Promise<HttpResponse> {
  const { database } = context;
  const rev = baseRevision(request);
  const base = rev === undefined ? undefined : await database.open(id, rev);
  if (rev !== undefined && !base) throw notFound("missing");
  const others = (base?.attachments ?? []).filter((candidate) => candidate.name !== name);
  if (!attachment && others.length === (base?.attachments.length ?? 0)) throw notFound("missing");
  if (attachment) attachment.revpos = rev === undefined ? 1 : parseRevision(rev).generation + 1;
  const edit = {
    id,
    history: rev === undefined ? [] : [rev],
    deleted: false,
    body: base?.body ?? {},
    attachments: attachment ? [...others, attachment] : others,
  };
  const written = await writeOne(context, request, edit, attachment ? 201 : 200);
  return {
    status: written.status,
    headers: attachment ? { location: location(request, database.name, id, name) } : {},
    body: { ok: true, id, rev: written.rev },
  };
}
