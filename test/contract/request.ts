/** Sends one request and reads the answer, without any of the help that an HTTP client library gives. */
import { request as httpRequest } from "node:http";
import type { Answer } from "./recording";

export interface Request {
  method: string;
  /** Scheme, host and port. */
  origin: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
}

/** Longer than any answer in the recordings took. */
const TIMEOUT_MS = 20_000;

/** An answer, or `status: null` and why there was none. */
export interface Received extends Answer {
  transport_error?: string;
}

/** Each request has its own connection, but asks to keep it: the answer then shows whether the node wants to close it. */
export function send(request: Request): Promise<Received> {
  return new Promise((resolve) => {
    const failed = (error: Error) => resolve({ status: null, transport_error: error.message });
    const body = request.body === undefined ? undefined : Buffer.from(request.body);
    const outgoing = httpRequest(
      `${request.origin}/`,
      {
        method: request.method,
        path: request.path,
        agent: false,
        timeout: TIMEOUT_MS,
        headers: {
          accept: "application/json",
          connection: "keep-alive",
          ...(body || /^(PUT|POST)$/.test(request.method) ? { "content-length": String(body?.length ?? 0) } : {}),
          ...request.headers,
        },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", failed);
        incoming.on("end", () => {
          const headers: Record<string, string> = {};
          for (const [name, value] of Object.entries(incoming.headers)) headers[name] = [value].flat().join(", ");
          const text = Buffer.concat(chunks).toString("utf8");
          resolve({ status: incoming.statusCode ?? null, response_headers: headers, response_body: text });
          outgoing.destroy();
        });
      },
    );
    outgoing.on("error", failed);
    outgoing.on("timeout", () => outgoing.destroy(new Error("no answer in time")));
    outgoing.end(body);
  });
}
