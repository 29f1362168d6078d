import { createContext, runInContext } from "node:vm";
import { allowMethods, HttpError, type HttpRequest, type HttpResponse } from "../../node-context";
import { collate } from "../collation";
import { renderDocument } from "../document";
import { isObject, type Json, type JsonObject } from "../json";
import { type DocumentContext, notFound, openWinner } from "./document-context";
import { parseSelection, select } from "./key-range";
import { bodyAsObject, Parameters } from "./parameters";

interface Row {
  id: string;
  key: Json;
  value: Json;
}

/** `/db/_design/DDOC/_view/NAME` */
export async function handleView(
  context: DocumentContext,
  request: HttpRequest,
  ddoc: string,
  name: string,
): Promise<HttpResponse> {
  allowMethods(request, "GET", "HEAD", "POST");
  const { body } = await openWinner(context, `_design/${ddoc}`);
  const view = isObject(body.views) ? body.views[name] : undefined;
  if (!isObject(view)) throw new HttpError(404, "not_found", "missing_named_view");
  const parameters = new Parameters(request.query, request.method === "POST" ? await bodyAsObject(request) : {});
  const rows = await mapAll(context, view);
  const reduce = typeof view.reduce === "string" && parameters.flag("reduce", true) ? view.reduce : undefined;
  return reduce === undefined ? mapped(context, parameters, rows) : reduced(parameters, rows, reduce);
}

/** A copy without prototypes of another context: what leaves the sandbox is plain JSON. */
function plain(value: unknown): Json {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as Json);
}

async function mapAll(context: DocumentContext, view: JsonObject): Promise<Row[]> {
  const rows: Row[] = [];
  let id = "";
  const sandbox = createContext({
    emit: (key: unknown, value: unknown) => rows.push({ id, key: plain(key), value: plain(value) }),
    log: () => {},
    isArray: Array.isArray,
    toJSON: JSON.stringify,
    sum: (values: number[]) => values.reduce((total, value) => total + value, 0),
  });
  let map: (document: unknown) => void;
  try {
    map = runInContext(`(${view.map})`, sandbox) as (document: unknown) => void;
  } catch (error) {
    const reason = `Compilation of the map function in the view failed: ${error instanceof Error ? error.message : error}`;
    throw new HttpError(500, "compilation_error", reason);
  }
  for (const revision of await context.database.documents()) {
    if (revision.id.startsWith("_design/")) continue;
    id = revision.id;
    try {
      map(renderDocument(context.reveal(revision)));
    } catch {
      // A document the function cannot digest has no rows.
    }
  }
  return rows.sort((a, b) => collate(a.key, b.key) || (a.id < b.id ? -1 : 1));
}

async function mapped(context: DocumentContext, parameters: Parameters, rows: Row[]): Promise<HttpResponse> {
  const selection = parseSelection(parameters);
  const byKey = (key: Json) => rows.filter((row) => collate(row.key, key) === 0);
  const chosen = selection.keys
    ? { rows: selection.keys.flatMap(byKey).slice(selection.skip, selection.skip + selection.limit), offset: null }
    : select(rows, selection, collate);
  const withDocuments = parameters.flag("include_docs");
  const rendered = await Promise.all(
    chosen.rows.map(async ({ id, key, value }) => {
      if (!withDocuments) return { id, key, value };
      const target = isObject(value) && typeof value._id === "string" ? value._id : id;
      const found = await context.database.open(target);
      return { id, key, value, doc: found && !found.deleted ? renderDocument(context.reveal(found)) : null };
    }),
  );
  return { status: 200, body: { total_rows: rows.length, offset: chosen.offset, rows: rendered } };
}

function reduced(parameters: Parameters, rows: Row[], reduce: string): HttpResponse {
  const selection = parseSelection(parameters);
  const level = parameters.count("group_level") ?? (parameters.flag("group") ? Number.POSITIVE_INFINITY : 0);
  const inRange = selection.keys
    ? selection.keys.flatMap((key) => rows.filter((row) => collate(row.key, key) === 0))
    : select(rows, { ...selection, skip: 0, limit: Number.POSITIVE_INFINITY }, collate).rows;
  const groups: { key: Json; rows: Row[] }[] = [];
  for (const row of inRange) {
    const cut = level === 0 ? null : Array.isArray(row.key) ? row.key.slice(0, level) : row.key;
    const last = groups.at(-1);
    if (last && collate(last.key, cut) === 0) last.rows.push(row);
    else groups.push({ key: cut, rows: [row] });
  }
  const page = groups.slice(selection.skip, selection.skip + selection.limit);
  return {
    status: 200,
    body: { rows: page.map((group) => ({ key: group.key, value: reduceRows(reduce, group.rows) })) },
  };
}

function reduceRows(reduce: string, rows: Row[]): Json {
  const numbers = rows.map(({ value }) => Number(value));
  const total = numbers.reduce((sum, value) => sum + value, 0);
  switch (reduce) {
    case "_count":
      return rows.length;
    case "_sum":
      return total;
    case "_stats":
      return {
        sum: total,
        count: rows.length,
        min: Math.min(...numbers),
        max: Math.max(...numbers),
        sumsqr: numbers.reduce((sum, value) => sum + value * value, 0),
      };
    case "_approx_count_distinct":
      return new Set(rows.map(({ key }) => JSON.stringify(key))).size;
    default: {
      const sandbox = createContext({ sum: (values: number[]) => values.reduce((sum, value) => sum + value, 0) });
      const run = runInContext(`(${reduce})`, sandbox) as (
        keys: unknown,
        values: unknown,
        rereduce: boolean,
      ) => unknown;
      const keys = rows.map(({ key, id }) => [key, id]);
      return plain(
        run(
          keys,
          rows.map(({ value }) => value),
          false,
        ),
      );
    }
  }
}

/** `/db/_design/DDOC/_info` */
export async function handleDesignInfo(
  context: DocumentContext,
  request: HttpRequest,
  ddoc: string,
): Promise<HttpResponse> {
  allowMethods(request, "GET");
  const { body, rev } = await openWinner(context, `_design/${ddoc}`);
  if (!isObject(body.views)) throw notFound("missing");
  const index = {
    updates_pending: { minimum: 0, preferred: 0, total: 0 },
    waiting_commit: false,
    waiting_clients: 0,
    updater_running: false,
    update_seq: 0,
    sizes: { file: 0, external: 0, active: 0 },
    signature: rev.split("-")[1],
    purge_seq: 0,
    language: body.language ?? "javascript",
    compact_running: false,
    collator_versions: ["153.120"],
  };
  return { status: 200, body: { name: ddoc, view_index: index } };
}
