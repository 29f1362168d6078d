import { allowMethods, type HttpRequest, type HttpResponse } from "../../node-context";
import { parseDocument } from "../document";
import { etagOf } from "../etag";
import { isObject, type JsonObject } from "../json";
import { type DocumentContext, notFound } from "./document-context";
import { accepted, baseRevision, revisionOf } from "./document-writing";
import { bodyAsJson, location } from "./parameters";

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
      throw notFound("missing");
  }
}
