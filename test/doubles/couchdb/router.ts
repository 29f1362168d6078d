/** Which part of a node answers a request, and what errors look like. */
import { randomBytes } from "node:crypto";
import { answerClusterSetup } from "./cluster-setup";
import type { Answerer, RawRequest } from "./http";
import { allowMethods, HttpError, type HttpRequest, type HttpResponse, NodeDown, requireAdmin } from "./node-context";
import type { NodeParts } from "./node-parts";
import { answerNode } from "./node-routes";
import { answerSession } from "./session";

/** Names of databases that begin as only CouchDB's own may. */
const systemDatabases = new Set(["_users", "_replicator", "_global_changes"]);

function badCount(reason: string): never {
  throw new HttpError(400, "bad_request", reason);
}

/** Answers every request of one running node. */
export class Router implements Pick<Answerer, "answer" | "render"> {
  private uuidCounter = 0;
  private readonly uuidPrefix = randomBytes(13).toString("hex");

  constructor(private readonly node: NodeParts) {}

  async answer(raw: RawRequest): Promise<HttpResponse> {
    const user = await this.node.authentication.user(raw);
    const request: HttpRequest = { ...raw, user };
    this.requireValidUser(request);
    return (await this.global(request)) ?? (await this.fromData(request));
  }

  render(error: unknown, request: RawRequest): HttpResponse {
    if (error instanceof HttpError) {
      const { headers, ref, close = false } = error.extra;
      return {
        status: error.status,
        close,
        body: { error: error.error, reason: error.reason, ...(ref === undefined ? {} : { ref }) },
        headers: { ...headers, ...(ref === undefined ? {} : { "x-couch-stack-hash": String(ref) }) },
        ...(error.status === 401 ? this.invitation(request, error.reason ?? "", headers) : {}),
      };
    }
    if (error instanceof NodeDown) return { status: 412, body: { error: "nodedown", reason: error.message } };
    process.stderr.write(`couchdb double: ${request.method} ${request.url}: ${(error as Error)?.stack ?? error}\n`);
    return { status: 500, body: { error: "unknown_error", reason: String(error), ref: 1 } };
  }

  private global(request: HttpRequest): Promise<HttpResponse | undefined> | HttpResponse {
    const { node } = this;
    const [first, ...rest] = request.segments;
    if (first === undefined) return this.welcome(request);
    if (rest.length > 0 && first !== "_node") return Promise.resolve(undefined);
    switch (first) {
      case "_up":
        return this.up(request);
      case "_cluster_setup":
        return answerClusterSetup(request, node);
      case "_session":
        return answerSession(request, node.authentication);
      case "_node":
        return answerNode(request, rest, node);
      case "_uuids":
        return this.uuids(request);
      case "_utils":
        return { status: 301, headers: { "cache-control": "", location: `http://${request.headers.host}/_utils/` } };
      case "_membership":
        allowMethods(request, "GET");
        requireAdmin(request);
        return {
          status: 200,
          body: { all_nodes: node.distribution.connected(), cluster_nodes: [...node.distribution.members()].sort() },
        };
      case "_active_tasks":
        allowMethods(request, "GET", "HEAD");
        requireAdmin(request);
        return this.activeTasks();
      default:
        return Promise.resolve(undefined);
    }
  }

  private async fromData(request: HttpRequest): Promise<HttpResponse> {
    const response = await this.node.data.handle(request);
    if (response) return response;
    const [first = ""] = request.segments;
    if (first.startsWith("_") && !systemDatabases.has(first)) requireAdmin(request);
    throw new HttpError(404, "not_found", "Database does not exist.");
  }

  private welcome(request: HttpRequest): HttpResponse {
    allowMethods(request, "GET", "HEAD");
    return {
      status: 200,
      body: {
        couchdb: "Welcome",
        version: this.node.version,
        git_sha: "11f0d36",
        uuid: this.node.uuid(),
        features: ["quickjs", "access-ready", "partitioned", "pluggable-storage-engines", "reshard", "scheduler"],
        vendor: { name: "The Apache Software Foundation" },
      },
    };
  }

  private up(request: HttpRequest): HttpResponse {
    allowMethods(request, "GET", "HEAD");
    const mode = this.node.config.get("couchdb", "maintenance_mode");
    if (mode === "true") return { status: 404, body: { status: "maintenance_mode" } };
    if (mode === "nolb") return { status: 404, body: { status: "nolb" } };
    const { ready } = this.node.seeds;
    return {
      status: ready ? 200 : 404,
      body: { status: ready ? "ok" : "seeding", seeds: this.node.seeds.report() },
    };
  }

  private uuids(request: HttpRequest): HttpResponse {
    allowMethods(request, "GET");
    const count = Number(request.query.get("count") ?? 1);
    if (!Number.isInteger(count) || count < 0) badCount("count must be a positive integer");
    if (count > Number(this.node.config.get("uuids", "max_count") ?? 1000)) badCount("count parameter too large");
    const next = () => {
      this.uuidCounter += 0x1d;
      return this.uuidPrefix + this.uuidCounter.toString(16).padStart(6, "0");
    };
    const etag = `"${randomBytes(13).toString("hex").toUpperCase().slice(0, 25)}"`;
    return {
      status: 200,
      headers: { "cache-control": "no-cache", etag, pragma: "no-cache" },
      body: { uuids: Array.from({ length: count }, next) },
    };
  }

  private async activeTasks(): Promise<HttpResponse> {
    const { distribution } = this.node;
    const asked = distribution.connected().map((name) => distribution.call<unknown[]>(name, "activeTasks"));
    const rows = await Promise.all(asked.map((answer) => answer.catch(() => [])));
    return { status: 200, body: rows.flat() };
  }

  /** `require_valid_user` rejects requests without credentials, except to log in. */
  private requireValidUser(request: HttpRequest): void {
    const on = (key: string) => this.node.config.get("chttpd", key) === "true";
    if (request.user.name !== null) return;
    const [first] = request.segments;
    if (first === "_session" && request.method === "POST") return;
    const exceptForUp = on("require_valid_user_except_for_up");
    if (exceptForUp ? first !== "_up" : on("require_valid_user")) {
      throw new HttpError(401, "unauthorized", "Authentication required.");
    }
  }

  /** How a 401 asks for credentials: with a header if everyone needs them, with the login page for a browser. */
  private invitation(request: RawRequest, reason: string, headers: Record<string, string> = {}): Partial<HttpResponse> {
    if (this.node.config.get("chttpd", "require_valid_user") === "true") {
      return { headers: { ...headers, "www-authenticate": 'Basic realm="server"' } };
    }
    const accept = request.headers.accept ?? "*/*";
    if (!accept.includes("text/html") || /application\/json|\*\/\*/.test(accept)) return {};
    const query = `return=${encodeURIComponent(request.url)}&reason=${encodeURIComponent(reason)}`;
    const location = `http://${request.headers.host}/_utils/session.html?${query}`;
    return { status: 302, headers: { ...headers, location } };
  }
}
