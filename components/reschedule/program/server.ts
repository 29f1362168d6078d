import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { readyzResponse } from "../../runtime/health";
import { pathOf, plain, send } from "../../runtime/routes";
import { BadReview, parseReview, type ReviewRequest, reviewResponse, type Verdict } from "./admission";

/** In bytes. A review of an eviction has a few KiB; longer JSON could fill the memory with small values. */
const longestBody = 256 * 1024;

/** What the server calls. */
export interface ReviewHandlers {
  /** Decides about an eviction. */
  review(request: ReviewRequest): Promise<Verdict>;
  /** Whether the pod may receive reviews. */
  ready(): Promise<boolean>;
  /** A request was rejected with this status, as it is not a valid review. */
  rejected(code: number): void;
  /** A review could not be answered. */
  failed(error: Error): void;
  /** Whether connections are to be closed after their next answer. */
  ending(): boolean;
}

/** Serves `POST /eviction` and `GET /readyz`; everything else is not found. */
export function reviewListener(handlers: ReviewHandlers): RequestListener {
  return (request, response) => {
    if (handlers.ending()) response.shouldKeepAlive = false;
    const path = pathOf(request.url);
    if (path === "/eviction" && request.method === "POST") evict(request, response, handlers);
    else if (path === "/readyz" && (request.method === "GET" || request.method === "HEAD"))
      void handlers.ready().then((ready) => send(response, readyzResponse(ready)));
    else reject(request, response, handlers, 404, "not found");
  };
}

function evict(request: IncomingMessage, response: ServerResponse, handlers: ReviewHandlers): void {
  const contentType = request.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (contentType !== "application/json")
    reject(request, response, handlers, 415, "Content-Type must be application/json");
  else if (Number(request.headers["content-length"]) > longestBody)
    reject(request, response, handlers, 413, "the review is too long");
  else receive(request, response, handlers);
}

function receive(request: IncomingMessage, response: ServerResponse, handlers: ReviewHandlers): void {
  const chunks: Buffer[] = [];
  let length = 0;
  request.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length <= longestBody) chunks.push(chunk);
    else if (!response.headersSent) reject(request, response, handlers, 413, "the review is too long");
  });
  request.once("end", () => {
    if (response.headersSent) return;
    const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    answer(body.toString(), response, handlers).catch((error: Error) => {
      handlers.failed(error);
      send(response, plain(500, "no answer"));
    });
  });
  request.once("error", () => {}); // the other side is gone
}

async function answer(body: string, response: ServerResponse, handlers: ReviewHandlers): Promise<void> {
  let review: ReviewRequest;
  try {
    review = parseReview(body);
  } catch (error) {
    if (!(error instanceof BadReview)) throw error;
    handlers.rejected(400);
    send(response, plain(400, error.message));
    return;
  }
  const text = reviewResponse(review.uid, await handlers.review(review));
  send(response, { status: 200, contentType: "application/json", text });
}

/** Answers without having read the body, which may be endless. */
function reject(
  request: IncomingMessage,
  response: ServerResponse,
  handlers: ReviewHandlers,
  code: number,
  message: string,
): void {
  handlers.rejected(code);
  if (code === 413) {
    response.shouldKeepAlive = false;
    response.once("finish", () => setTimeout(() => request.destroy(), 1000).unref());
  }
  request.resume();
  send(response, plain(code, message));
}
