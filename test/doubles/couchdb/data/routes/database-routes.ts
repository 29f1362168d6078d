import { allowMethods, HttpError, type HttpRequest, type HttpResponse, requireAdmin } from "../../node-context";
import type { Database } from "../database";
import type { Databases } from "../databases";
import { etagOf } from "../etag";
import { rangeOf } from "../shard-map";
import { bodyAsObject, location, Parameters, parseJson } from "./parameters";

function positive(request: HttpRequest, name: "q" | "n"): number | undefined {
  const value = request.query.get(name);
  if (value === null) return undefined;
  if (!/^[1-9]\d*$/.test(value)) {
    throw new HttpError(400, "bad_request", `The \`${name}\` value should be a positive integer.`);
  }
  return Number(value);
}

/** `PUT /db` */
export async function createDatabase(databases: Databases, request: HttpRequest, name: string): Promise<HttpResponse> {
  requireAdmin(request);
  const partitioned = request.query.get("partitioned");
  if (partitioned !== null && partitioned !== "true" && partitioned !== "false") {
    throw new HttpError(400, "bad_request", "Invalid `partitioned` parameter");
  }
  const outcome = await databases.create(name, {
    shards: positive(request, "q"),
    copies: positive(request, "n"),
    placement: request.query.get("placement") ?? undefined,
    partitioned: partitioned === "true",
  });
  const status = outcome === "created" ? 201 : 202;
  return { status, headers: { location: location(request, name) }, body: { ok: true } };
}

/** `DELETE /db` */
export async function deleteDatabase(databases: Databases, request: HttpRequest, name: string): Promise<HttpResponse> {
  requireAdmin(request);
  if (request.query.has("rev")) {
    const reason = "You tried to DELETE a database with a ?=rev parameter. Did you mean to DELETE a document instead?";
    throw new HttpError(400, "bad_request", reason);
  }
  const outcome = await databases.delete(name);
  return { status: outcome === "deleted" ? 200 : 202, body: { ok: true } };
}

/** `/db/_shards` and `/db/_shards/docid` */
export function showShards({ map }: Database, request: HttpRequest, id: string | undefined): HttpResponse {
  allowMethods(request, "GET");
  const holders = (range: string) => [...(map.ranges[range] ?? [])].reverse();
  if (id !== undefined) {
    const range = rangeOf(map, id);
    return { status: 200, body: { range, nodes: holders(range) } };
  }
  const shards = Object.fromEntries(Object.keys(map.ranges).map((range) => [range, holders(range)]));
  return { status: 200, body: { shards } };
}

/** `/_all_dbs` */
export function listDatabases(databases: Databases, request: HttpRequest): HttpResponse {
  const names = selectNames(databases, request);
  return { status: 200, headers: { etag: etagOf(...databases.names()) }, body: names };
}

function selectNames(databases: Databases, request: HttpRequest): string[] {
  const parameters = new Parameters(request.query);
  const text = (...names: string[]) => {
    const value = parameters.text(...names);
    return value === undefined ? undefined : String(parseJson(value));
  };
  const [start, end] = [text("startkey", "start_key"), text("endkey", "end_key")];
  const skip = parameters.count("skip") ?? 0;
  const limit = parameters.count("limit") ?? Number.POSITIVE_INFINITY;
  const descending = parameters.flag("descending");
  const names = databases.names();
  if (descending) names.reverse();
  const sign = descending ? -1 : 1;
  const order = (a: string, b: string) => sign * (a < b ? -1 : a > b ? 1 : 0);
  return names
    .filter((name) => (start === undefined || order(name, start) >= 0) && (end === undefined || order(name, end) <= 0))
    .slice(skip, skip + limit);
}

/** `/_dbs_info` */
export async function describeDatabases(databases: Databases, request: HttpRequest): Promise<HttpResponse> {
  allowMethods(request, "GET", "HEAD", "POST");
  let keys: unknown = selectNames(databases, request);
  if (request.method === "POST") {
    keys = (await bodyAsObject(request)).keys;
    if (!Array.isArray(keys)) throw new HttpError(400, "bad_request", "`keys` member must exist.");
  }
  const body = await Promise.all(
    (keys as string[]).map(async (key) => {
      const database = databases.find(key);
      return database ? { key, info: await database.info() } : { key, error: "not_found" };
    }),
  );
  const headers: Record<string, string> = request.method === "POST" ? {} : { etag: etagOf(...databases.names()) };
  return { status: 200, headers, body };
}
