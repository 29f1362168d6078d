import { createHash } from "node:crypto";
import { allowMethods, HttpError, type HttpRequest, type HttpResponse } from "../../node-context";
import { collate } from "../collation";
import { renderDocument } from "../document";
import type { DocumentAccess } from "../document-access";
import { isObject, type Json, type JsonObject } from "../json";
import { checkSelector, fieldOf, fieldsOf, matches } from "../selector";
import { type DocumentContext, notFound } from "./document-context";
import { bodyAsObject } from "./parameters";

interface Index {
  ddoc: string;
  name: string;
  fields: [name: string, direction: string][];
  partialFilter?: Json;
}

const NO_BOOKMARK = "nil";

function parseFields(value: Json | undefined): Index["fields"] {
  if (!Array.isArray(value)) return [];
  return value.map((item) => {
    if (isObject(item)) return Object.entries(item)[0] as [string, string];
    return [String(item), "asc"];
  });
}

async function indexesOf(database: DocumentAccess): Promise<Index[]> {
  const designs = (await database.documents("_design/")).filter(({ body }) => body.language === "query");
  return designs.flatMap(({ id, body }) =>
    Object.entries(isObject(body.views) ? body.views : {}).map(([name, view]) => {
      const definition = isObject(view) && isObject(view.map) ? view.map : {};
      const fields = isObject(definition.fields) ? Object.entries(definition.fields) : [];
      return {
        ddoc: id,
        name,
        fields: fields.map(([field, direction]) => [field, String(direction)] as [string, string]),
        ...(isObject(definition.partial_filter_selector) && Object.keys(definition.partial_filter_selector).length > 0
          ? { partialFilter: definition.partial_filter_selector }
          : {}),
      };
    }),
  );
}

/** `/db/_index` and `/db/_index/_design/DDOC/json/NAME` */
export async function handleIndex(
  context: DocumentContext,
  request: HttpRequest,
  rest: string[],
): Promise<HttpResponse> {
  const { database } = context;
  if (rest.length > 0) return deleteIndex(context, request, rest);
  allowMethods(request, "GET", "POST");
  if (request.method === "POST") return createIndex(context, await bodyAsObject(request));
  const indexes = (await indexesOf(database)).map(({ ddoc, name, fields, partialFilter }) => ({
    ddoc,
    name,
    type: "json",
    partitioned: database.partitioned,
    def: {
      fields: fields.map(([field, direction]) => ({ [field]: direction })),
      ...(partialFilter ? { partial_filter_selector: partialFilter } : {}),
    },
  }));
  const special = { ddoc: null, name: "_all_docs", type: "special", def: { fields: [{ _id: "asc" }] } };
  return { status: 200, body: { total_rows: indexes.length + 1, indexes: [special, ...indexes] } };
}

async function createIndex({ database, prepare }: DocumentContext, body: JsonObject): Promise<HttpResponse> {
  if (body.index === undefined) throw new HttpError(400, "missing_required_key", "Missing required key: index");
  const index = isObject(body.index) ? body.index : {};
  const fields = parseFields(index.fields);
  if (fields.length === 0)
    throw new HttpError(400, "no_fields_defined", "No fields were specified in index definition.");
  const type = body.type ?? "json";
  if (type !== "json") throw new HttpError(400, "invalid_index_type", `Invalid type for index: ${type}`);
  const hash = createHash("sha1").update(JSON.stringify(index)).digest("hex");
  const name = typeof body.name === "string" ? body.name : hash;
  const id = `_design/${String(body.ddoc ?? hash).replace(/^_design\//, "")}`;
  const existing = await database.open(id);
  const map = {
    fields: Object.fromEntries(fields),
    partial_filter_selector: (index.partial_filter_selector as Json | undefined) ?? {},
  };
  const view = { map, reduce: "_count", options: { def: index } };
  const document = existing && !existing.deleted ? existing.body : {};
  const views = isObject(document.views) ? document.views : {};
  const same = JSON.stringify(views[name]) === JSON.stringify(view);
  if (!same) {
    const edit = {
      id,
      history: existing && !existing.deleted ? existing.history : [],
      deleted: false,
      body: { ...document, language: "query", views: { ...views, [name]: view } },
      attachments: [],
    };
    await prepare([edit]);
    await database.update([edit], "interactive");
  }
  return { status: 200, body: { result: same ? "exists" : "created", id, name } };
}

async function deleteIndex(
  { database, prepare }: DocumentContext,
  request: HttpRequest,
  rest: string[],
): Promise<HttpResponse> {
  allowMethods(request, "DELETE");
  const parts = rest[0] === "_design" ? rest.slice(1) : rest;
  const [ddoc = "", type, name = ""] = parts;
  const found = await database.open(`_design/${ddoc.replace(/^_design\//, "")}`);
  const views = { ...(isObject(found?.body.views) ? found.body.views : {}) };
  if (!found || found.deleted || type !== "json" || !views[name]) throw notFound("missing");
  delete views[name];
  const deleted = Object.keys(views).length === 0;
  const edit = { ...found, deleted, body: deleted ? {} : { ...found.body, views } };
  await prepare([edit]);
  await database.update([edit], "interactive");
  return { status: 200, body: { ok: true } };
}

/** The index CouchDB would use: its first fields are demanded by the selector or the sort. */
function usableIndex(indexes: Index[], selector: JsonObject, sort: Index["fields"]): Index | undefined {
  const demanded = new Set([...fieldsOf(selector), ...sort.map(([field]) => field)]);
  return indexes.find(
    ({ fields }) =>
      fields.every(([field]) => demanded.has(field)) && sort.every(([field], index) => fields[index]?.[0] === field),
  );
}

/** `POST /db/_find` and `_explain` */
export async function handleFind(
  context: DocumentContext,
  request: HttpRequest,
  form: "_find" | "_explain",
): Promise<HttpResponse> {
  allowMethods(request, "POST");
  const { database } = context;
  const body = await bodyAsObject(request);
  const { selector } = body;
  if (selector === undefined) {
    throw new HttpError(400, "missing_required_key", "Missing required key: selector");
  }
  if (!isObject(selector)) throw new HttpError(400, "invalid_selector_json", "Selector must be a JSON object");
  checkSelector(selector);
  const sort = parseFields(body.sort);
  const index = usableIndex(await indexesOf(database), selector, sort);
  const sortsById = sort.every(([field]) => field === "_id");
  if (!index && !sortsById) {
    throw new HttpError(400, "no_usable_index", "No index exists for this sort, try indexing by the sort fields.");
  }
  if (form === "_explain") return { status: 200, body: explain(database, index, selector, body) };
  const order = index ? index.fields.map(([field]) => field) : ["_id"];
  const sign = sort[0]?.[1] === "desc" ? -1 : 1;
  const found = (await database.documents())
    .filter(({ id }) => !id.startsWith("_design/"))
    .map((revision) => renderDocument(context.reveal(revision)))
    .filter((document) => matches(selector, document))
    .sort((a, b) => sign * compareBy([...order, "_id"], a, b));
  const skip = typeof body.skip === "number" ? body.skip : 0;
  const limit = typeof body.limit === "number" ? body.limit : 25;
  const start = skip + startOf(body.bookmark);
  const page = found.slice(start, start + limit);
  const bookmark =
    page.length === 0 ? NO_BOOKMARK : `g1AAAA${Buffer.from(String(start - skip + page.length)).toString("base64url")}`;
  const warning = "No matching index found, create an index to optimize query time.";
  return {
    status: 200,
    body: { docs: page.map((document) => project(document, body.fields)), bookmark, ...(index ? {} : { warning }) },
  };
}

function compareBy(fields: string[], a: JsonObject, b: JsonObject): number {
  for (const field of fields) {
    const difference = collate(fieldOf(a, field) ?? null, fieldOf(b, field) ?? null);
    if (difference !== 0) return difference;
  }
  return 0;
}

function startOf(bookmark: Json | undefined): number {
  if (typeof bookmark !== "string" || bookmark === NO_BOOKMARK || bookmark === "") return 0;
  const start = Number(Buffer.from(bookmark.replace(/^g1AAAA/, ""), "base64url").toString());
  if (!Number.isInteger(start))
    throw new HttpError(400, "invalid_bookmark", `Invalid bookmark value: ${JSON.stringify(bookmark)}`);
  return start;
}

function project(document: JsonObject, fields: Json | undefined): JsonObject {
  if (!Array.isArray(fields) || fields.length === 0) return document;
  const projected: JsonObject = {};
  for (const path of fields) {
    const value = fieldOf(document, String(path));
    if (value === undefined) continue;
    const names = String(path).split(".");
    const last = names.pop() as string;
    let at = projected;
    for (const name of names) {
      if (!isObject(at[name])) at[name] = {};
      at = at[name] as JsonObject;
    }
    at[last] = value;
  }
  return projected;
}

function explain(
  database: DocumentAccess,
  index: Index | undefined,
  selector: JsonObject,
  body: JsonObject,
): JsonObject {
  const used: JsonObject = index
    ? {
        ddoc: index.ddoc,
        name: index.name,
        type: "json",
        partitioned: database.partitioned,
        def: { fields: index.fields.map(([field, direction]) => ({ [field]: direction })) },
      }
    : { ddoc: null, name: "_all_docs", type: "special", def: { fields: [{ _id: "asc" }] } };
  return {
    dbname: database.name,
    index: used,
    selector,
    limit: body.limit ?? 25,
    skip: body.skip ?? 0,
    fields: body.fields ?? [],
  };
}
