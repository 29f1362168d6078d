import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { BadReview, parseReview, type ReviewRequest, reviewResponse, type Verdict } from "./admission";

/** A review of an eviction has a few KiB; of JSON that is longer, the smallest values would take all of the memory. */
const longestBody = 256 * 1024;

/** What the routes lead to. */
export interface Routes {
  /** Decides. */
  review(request: ReviewRequest): Promise<Verdict>;
  ready(): Promise<boolean>;
  refused(code: number): void;
  /** Told of what should not be. */
  failed(error: Error): void;
  /** Whether connections shall end with their next answer. */
  ending(): boolean;
}

/** Serves `POST /eviction` and `GET /readyz`; everything else is not found. */
export function listener(routes: Routes): RequestListener {
  return (request, response) => {
    if (routes.ending()) response.shouldKeepAlive = false;
    const path = pathOf(request.url ?? "");
    if (path === "/eviction" && request.method === "POST") evict(request, response, routes);
    else if (path === "/readyz" && (request.method === "GET" || request.method === "HEAD"))
      void routes.ready().then((ready) => plain(response, ready ? 200 : 503, ready ? "ok" : "not ready"));
    else refuse(request, response, routes, 404, "not found");
  };
}

function pathOf(url: string): string {
  const query = url.indexOf("?");
  return query < 0 ? url : url.slice(0, query);
}

function evict(request: IncomingMessage, response: ServerResponse, routes: Routes): void {
  const contentType = request.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (contentType !== "application/json")
    refuse(request, response, routes, 415, "Content-Type must be application/json");
  else if (Number(request.headers["content-length"]) > longestBody)
    refuse(request, response, routes, 413, "the review is too long");
  else receive(request, response, routes);
}

function receive(request: IncomingMessage, response: ServerResponse, routes: Routes): void {
  const chunks: Buffer[] = [];
  let length = 0;
  request.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length <= longestBody) chunks.push(chunk);
    else if (!response.headersSent) refuse(request, response, routes, 413, "the review is too long");
  });
  request.once("end", () => {
    if (response.headersSent) return;
    const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    answer(body.toString(), response, routes).catch((error: Error) => {
      routes.failed(error);
      plain(response, 500, "no answer");
    });
  });
  request.once("error", () => {}); // the other side is gone: nobody to answer
}

async function answer(body: string, response: ServerResponse, routes: Routes): Promise<void> {
  let review: ReviewRequest;
  try {
    review = parseReview(body);
  } catch (error) {
    if (!(error instanceof BadReview)) throw error;
    routes.refused(400);
    plain(response, 400, error.message);
    return;
  }
  const text = reviewResponse(review.uid, await routes.review(review));
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) }).end(text);
}

/** Answers without having read the body, which may be endless: the connection ends with it. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  routes: Routes,
  code: number,
  message: string,
): void {
  routes.refused(code);
  if (code === 413) {
    response.shouldKeepAlive = false;
    response.once("finish", () => setTimeout(() => request.destroy(), 1000).unref());
  }
  request.resume();
  plain(response, code, message);
}

function plain(response: ServerResponse, code: number, message: string): void {
  const text = `${message}\n`;
  response.writeHead(code, { "content-type": "text/plain; charset=utf-8", "content-length": text.length }).end(text);
}
