/** `/_node/NAME/…`: one node's own affairs, asked of any node that is connected to it. */
import { answerConfig } from "./config-routes";
import { parseJsonBody } from "./http";
import { allowMethods, HttpError, type HttpRequest, type HttpResponse, type User } from "./node-context";
import type { NodeParts } from "./node-parts";
import { prometheus, stats, system, versions } from "./statistics";

/** A request on its way to another node. */
interface ForwardedRequest {
  method: string;
  url: string;
  segments: string[];
  query: string;
  headers: HttpRequest["headers"];
  user: User;
  address: string;
  body: string;
}

/** An answer on its way back; a binary body as Base64. */
interface ForwardedResponse {
  response: HttpResponse;
  binary?: string;
}

/** Answers what is below `/_node`; `path` is what follows it, still encoded. */
export async function answerNode(request: HttpRequest, path: string[], node: NodeParts): Promise<HttpResponse> {
  const [encodedName, ...rest] = path;
  requireAdminOf(request, rest[0]);
  if (encodedName === undefined) throw new HttpError(400, "bad_request", "Incomplete path to _node request");
  const name = decodeURIComponent(encodedName);
  if (name === "_local") {
    if (rest.length === 0) {
      allowMethods(request, "GET");
      return { status: 200, body: { name: node.name } };
    }
    return answerLocal({ ...request, segments: rest }, node);
  }
  if (!(node.membership.knows(name) && (await node.distribution.connect(name)))) {
    // The body is read before the other node is looked for.
    await request.body();
    if (!node.membership.knows(name)) throw new HttpError(404, "not_found", `no such node: ${name}`);
    throw new HttpError(412, "nodedown", `${name} is down`);
  }
  return forward(request, name, rest, node);
}

/** Offers this node's own answers to the others. */
export function serveForwarded(node: NodeParts): void {
  node.distribution.serve("node.request", async (sent: ForwardedRequest): Promise<ForwardedResponse> => {
    const body = Buffer.from(sent.body, "base64");
    const request: HttpRequest = {
      ...sent,
      query: new URLSearchParams(sent.query),
      body: async () => body,
      json: async () => parseJsonBody(sent.headers["content-type"], body),
    };
    const response = await answerLocal(request, node);
    if (!Buffer.isBuffer(response.body)) return { response };
    return { response: { ...response, body: undefined }, binary: response.body.toString("base64") };
  });
}

async function forward(request: HttpRequest, name: string, segments: string[], node: NodeParts): Promise<HttpResponse> {
  const { method, url, query, headers, user, address } = request;
  const body = segments[0] === "_restart" ? "" : (await request.body()).toString("base64");
  const sent: ForwardedRequest = { method, url, segments, query: query.toString(), headers, user, address, body };
  const { response, binary } = await node.distribution.call<ForwardedResponse>(name, "node.request", sent);
  return binary === undefined ? response : { ...response, body: Buffer.from(binary, "base64") };
}

async function answerLocal(request: HttpRequest, node: NodeParts): Promise<HttpResponse> {
  const [first, ...rest] = request.segments.map(decodeURIComponent);
  switch (first) {
    case undefined: {
      const vendor = { name: "The Apache Software Foundation" };
      return { status: 200, body: { couchdb: "Welcome", uuid: node.uuid(), version: node.version, vendor } };
    }
    case "_config":
      return answerConfig(request, rest, node.config);
    case "_stats":
      allowMethods(request, "GET");
      return { status: 200, body: stats(rest) };
    case "_system":
      allowMethods(request, "GET");
      return { status: 200, body: system(node) };
    case "_versions":
      allowMethods(request, "GET");
      return { status: 200, body: versions };
    case "_prometheus":
      allowMethods(request, "GET");
      return metricsOf(node);
    case "_restart":
      allowMethods(request, "POST");
      node.restartSoon();
      return { status: 200, body: { ok: true } };
    default: {
      const response = await node.data.handleLocal(request);
      if (!response) throw new HttpError(404, "not_found", "Database does not exist.");
      return response;
    }
  }
}

/** The answer of `_prometheus`. */
export function metricsOf(node: NodeParts): HttpResponse {
  return {
    status: 200,
    headers: { "cache-control": "", "content-type": "text/plain; version=2.0" },
    body: Buffer.from(prometheus(node)),
  };
}

function requireAdminOf(request: HttpRequest, resource: string | undefined): void {
  if (request.user.roles.includes("_admin")) return;
  const metrics = resource === "_stats" || resource === "_prometheus" || resource === "_system";
  if (metrics && request.user.roles.includes("_metrics")) return;
  const reason = metrics ? "You are not a server admin or read-only metrics user" : "You are not a server admin.";
  throw new HttpError(401, "unauthorized", reason);
}
