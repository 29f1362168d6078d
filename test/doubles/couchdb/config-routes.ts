/** `/_node/NAME/_config`: reading and writing the configuration over HTTP. */
import type { NodeConfig } from "./config";
import { parseJson } from "./http";
import { allowMethods, HttpError, type HttpRequest, type HttpResponse } from "./node-context";

/** Sections that can't be changed over HTTP. */
const blacklist = ["daemons", "external", "httpd_design_handlers", "httpd_db_handlers", "httpd_global_handlers"];
const blacklisted = new Set([...blacklist, "native_query_servers", "os_daemons", "query_servers"]);

const unknownValue = () => new HttpError(404, "not_found", "unknown_config_value");

/** Answers `_config` and what is below it; `path` is what follows `_config`, decoded. */
export async function answerConfig(request: HttpRequest, path: string[], config: NodeConfig): Promise<HttpResponse> {
  const [section, ...rest] = path;
  if (section === undefined) {
    allowMethods(request, "GET");
    return { status: 200, body: config.all() };
  }
  if (section === "_reload" && rest.length === 0) {
    allowMethods(request, "POST");
    config.reload();
    return { status: 200, body: { ok: true } };
  }
  if (rest.length === 0) {
    allowMethods(request, "GET");
    return { status: 200, body: config.section(section) };
  }
  const key = rest.join("/");
  allowMethods(request, "GET", "PUT", "DELETE");
  const old = config.get(section, key);
  if (request.method === "GET") {
    if (old === undefined) throw unknownValue();
    return { status: 200, body: old };
  }
  if (blacklisted.has(section)) {
    throw new HttpError(403, "forbidden", "Config section blacklisted for modification over HTTP API.");
  }
  const persist = request.headers["x-couch-persist"] !== "false";
  if (request.method === "DELETE") {
    if (old === undefined) throw unknownValue();
    refuse(config.delete(section, key, persist));
    return { status: 200, body: old };
  }
  const value = await newValue(request);
  refuse(config.set(section, key, value, persist));
  return { status: 200, body: old ?? "" };
}

/** A file that cannot be written makes the request a bad one. */
function refuse(error: string | undefined): void {
  if (error !== undefined) throw new HttpError(400, "bad_request", error);
}

async function newValue(request: HttpRequest): Promise<string> {
  const value = parseJson((await request.body()).toString());
  if (typeof value !== "string") throw new HttpError(400, "bad_request", "a JSON string expected");
  const trimmed = value.trim();
  // Control characters and what does not fit into Latin-1 cannot be written to the file.
  if (/[^\x20-\xff]/.test(trimmed)) throw new HttpError(400, "bad_request", "Invalid configuration value");
  return trimmed;
}
