/** A small server of routes, for probes and metrics. */
import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";

/** What a route answers. */
export interface RouteResponse {
  status: number;
  contentType: string;
  text: string;
}

/** Handlers by path. */
export type Routes = Readonly<Record<string, () => RouteResponse | Promise<RouteResponse>>>;

/** An answer of one line of text. */
export function plain(status: number, message: string): RouteResponse {
  return { status, contentType: "text/plain; charset=utf-8", text: `${message}\n` };
}

/** An answer of one line of JSON. */
export function json(status: number, body: unknown): RouteResponse {
  return { status, contentType: "application/json", text: `${JSON.stringify(body)}\n` };
}

/** Sends an answer. */
export function send(response: ServerResponse, { status, contentType, text }: RouteResponse): void {
  response.writeHead(status, { "content-type": contentType, "content-length": Buffer.byteLength(text) }).end(text);
}

/** The path of a request's URL, without its query. */
export function pathOf(url = ""): string {
  const query = url.indexOf("?");
  return query < 0 ? url : url.slice(0, query);
}

/** Answers requests by their path; any other path with 404, and the paths there are. */
export function listenerOf(routes: Routes): RequestListener {
  const missing = json(404, { error: `not found; routes: ${Object.keys(routes).join(", ")}` });
  return async (request, response) => {
    const path = pathOf(request.url);
    const handle = Object.hasOwn(routes, path) ? routes[path]! : () => missing;
    try {
      send(response, await handle());
    } catch (error) {
      send(response, plain(500, (error as Error).message));
    }
  };
}

/** Serves the routes over HTTP on a port of all addresses. A port that is taken is an `error` event of the server. */
export function serveRoutes(port: number, routes: Routes): Server {
  return createServer(listenerOf(routes)).listen(port);
}
