import { HttpError, type User } from "../../node-context";
import type { Edit } from "../document";
import { isObject, type Json, type JsonObject } from "../json";

/** One end of a replication. */
export interface Endpoint {
  /** With a slash at its end and without credentials. */
  url: string;
  username?: string;
  password?: string;
}

/** What a replication document asks for. */
export interface ReplicationRequest {
  source: Endpoint;
  target: Endpoint;
  continuous: boolean;
  createTarget: boolean;
  selector?: JsonObject;
  docIds?: string[];
}

function forbid(reason: string): never {
  throw new HttpError(403, "forbidden", reason);
}

/** Reads one end: a URL, perhaps with credentials, or an object with `url` and `auth`. */
export function parseEndpoint(value: Json | undefined): Endpoint {
  const given = isObject(value) ? value.url : value;
  if (given === undefined || given === null || given === "") forbid("Missing replicator database");
  if (typeof given !== "string") forbid("{error,function_clause}");
  if (!/^https?:\/\//.test(given)) forbid("local_endpoints_not_supported");
  const url = new URL(given);
  const basic = isObject(value) && isObject(value.auth) && isObject(value.auth.basic) ? value.auth.basic : {};
  const username = url.username ? decodeURIComponent(url.username) : basic.username;
  const password = url.password ? decodeURIComponent(url.password) : basic.password;
  const bare = stripCredentials(given).replace(/\/*$/, "/");
  if (typeof username !== "string" || typeof password !== "string") return { url: bare };
  return { url: bare, username, password };
}

/** A URL without the credentials in it. */
function stripCredentials(url: string): string {
  return url.replace(/^(https?:\/\/)[^@/]*@/, "$1");
}

/** Reads a replication document; 403 as recorded for what cannot be one. */
export function parseReplication(body: JsonObject): ReplicationRequest {
  const source = parseEndpoint(body.source);
  const target = parseEndpoint(body.target);
  for (const name of ["continuous", "create_target"]) {
    if (body[name] !== undefined && typeof body[name] !== "boolean") {
      forbid(`{throw,{bad_request,<<"parameter \`${name}\` must be a boolean">>}}`);
    }
  }
  return {
    source,
    target,
    continuous: body.continuous === true,
    createTarget: body.create_target === true,
    ...(isObject(body.selector) ? { selector: body.selector } : {}),
    ...(Array.isArray(body.doc_ids) ? { docIds: body.doc_ids.map(String) } : {}),
  };
}

/** Refuses a document of `_replicator` that is not a valid replication. */
export function checkReplicationDocument(edit: Edit): void {
  if (!edit.deleted) parseReplication(edit.body);
}

/** Notes who wrote (or deleted) a replication; only an admin may write for another user. */
export function withOwner(edit: Edit, user: User): void {
  const { owner } = edit.body;
  if (owner === undefined) edit.body = { ...edit.body, owner: user.name };
  else if (owner !== user.name && !user.roles.includes("_admin")) {
    forbid("Can't update replication documents from other users.");
  }
}

/** A replication document as others than its owner and admins see it. */
export function withoutCredentials(body: JsonObject): JsonObject {
  const strip = (value: Json | undefined): Json => {
    if (typeof value === "string") return stripCredentials(value);
    if (!isObject(value)) return value ?? null;
    const { auth: _auth, headers: _headers, ...rest } = value;
    return typeof rest.url === "string" ? { ...rest, url: stripCredentials(rest.url) } : rest;
  };
  return { ...body, source: strip(body.source), target: strip(body.target) };
}
