import { HttpError, type HttpRequest } from "../../node-context";
import { internalError } from "../errors";
import { isObject, type Json, type JsonObject } from "../json";

/** Decodes a segment of a path; a plus is a space to CouchDB there, too. */
export function decodeSegment(segment: string): string {
  return decodeURIComponent(segment.replaceAll("+", " "));
}

function encodeSegment(segment: string): string {
  return encodeURIComponent(segment)
    .replaceAll("%3A", ":")
    .replace(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The absolute URL that a Location header names. */
export function location(request: HttpRequest, ...segments: string[]): string {
  return `http://${request.headers.host ?? "127.0.0.1"}/${segments.map(encodeSegment).join("/")}`;
}

function invalidJson(): HttpError {
  return new HttpError(400, "bad_request", "invalid UTF-8 JSON");
}

/** JSON text; 400 as recorded if it is not valid. */
export function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw invalidJson();
  }
}

/** The body of a PUT, whose content type is not checked. */
export async function bodyAsJson(request: HttpRequest): Promise<Json> {
  return parseJson((await request.body()).toString("utf8"));
}

/** The body of a POST, which must be a JSON object of content type JSON. */
export async function bodyAsObject(request: HttpRequest): Promise<JsonObject> {
  const body = await request.json();
  if (!isObject(body)) throw new HttpError(400, "bad_request", "Request body must be a JSON object");
  return body;
}

/** Parameters of a request: those of the query, and for a POST those of the body over them. */
export class Parameters {
  private readonly values = new Map<string, Json>();

  constructor(query: URLSearchParams, body: JsonObject = {}) {
    for (const [name, text] of query) this.values.set(name, text);
    this.texts = new Set(this.values.keys());
    for (const [name, value] of Object.entries(body)) {
      this.values.set(name, value);
      this.texts.delete(name);
    }
  }

  private readonly texts: Set<string>;

  has(...names: string[]): boolean {
    return names.some((name) => this.values.has(name));
  }

  /** The first of these parameters as text. */
  text(...names: string[]): string | undefined {
    const name = names.find((candidate) => this.values.has(candidate));
    const value = name === undefined ? undefined : this.values.get(name);
    return value === undefined ? undefined : typeof value === "string" ? value : JSON.stringify(value);
  }

  flag(name: string, fallback = false): boolean {
    const value = this.text(name);
    if (value === undefined) return fallback;
    if (value === "true" || value === "false") return value === "true";
    throw new HttpError(400, "query_parse_error", `Invalid boolean parameter: ${JSON.stringify(value)}`);
  }

  /** A parameter that is JSON also in the query. */
  json(...names: string[]): Json | undefined {
    const name = names.find((candidate) => this.values.has(candidate));
    if (name === undefined) return undefined;
    const value = this.values.get(name) as Json;
    return this.texts.has(name) && typeof value === "string" ? parseJson(value) : value;
  }

  count(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!/^-?\d+$/.test(value)) {
      throw new HttpError(400, "query_parse_error", `Invalid value for integer: ${JSON.stringify(value)}`);
    }
    if (Number(value) < 0) {
      throw new HttpError(400, "query_parse_error", `Invalid value for positive integer: ${JSON.stringify(value)}`);
    }
    return Number(value);
  }

  /** A number where CouchDB does not check: junk is a 500. */
  unchecked(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!/^-?\d+$/.test(value)) throw internalError("unknown_error", "badarg");
    return Number(value);
  }
}
