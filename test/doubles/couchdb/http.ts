/** The HTTP server of a node: reading requests, rendering answers. Knows nothing of CouchDB's paths. */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import type { TlsOptions } from "node:tls";
import { HttpError, type HttpRequest, type HttpResponse } from "./node-context";

/** A request before anyone has looked at its credentials. */
export type RawRequest = Omit<HttpRequest, "user">;

export interface Answerer {
  /** Answers a request; may throw HttpError. */
  answer(request: RawRequest): Promise<HttpResponse>;
  /** Turns an error into its answer. */
  render(error: unknown, request: RawRequest): HttpResponse;
  /** Called with every answer. */
  record(method: string, path: string, status: number): void;
}

/** Listens on one port. */
export class HttpListener {
  private server: Server | undefined;
  /** Connections that have had an answer and wait for another request. */
  private readonly idle = new Set<Socket>();

  constructor(
    private readonly answerer: Answerer,
    private readonly version: string,
    private readonly delay: number,
  ) {}

  /** With `tls` over HTTPS. Answers the port, which matters where it is 0. */
  async listen(port: number, host: string, tls?: TlsOptions): Promise<number> {
    const serve = (incoming: IncomingMessage, outgoing: ServerResponse) => {
      this.idle.delete(incoming.socket);
      outgoing.on("finish", () => this.idle.add(incoming.socket));
      this.handle(incoming, outgoing).catch(() => outgoing.destroy());
    };
    const server = tls ? createTlsServer(tls, serve) : createServer(serve);
    server.on(tls ? "secureConnection" : "connection", (socket: Socket) =>
      socket.on("close", () => this.idle.delete(socket)),
    );
    server.keepAliveTimeout = 300_000;
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
    this.server = server;
    const address = server.address();
    return address && typeof address === "object" ? address.port : port;
  }

  /** Stops listening and breaks every connection. */
  async close(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    if (!server) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }

  /** Breaks the connections that are kept open for another request. */
  closeIdle(): void {
    for (const socket of this.idle) socket.destroy();
  }

  private async handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const input = new RequestBody(incoming);
    const request = toRequest(incoming, input);
    let response: HttpResponse;
    try {
      if (this.delay > 0) await new Promise((resolve) => setTimeout(resolve, this.delay));
      response = await this.answerer.answer(request);
    } catch (error) {
      response = this.answerer.render(error, request);
    }
    this.answerer.record(request.method, request.url, response.status);
    const close = response.close || input.leftUnread();
    const headers = this.headers(response, close);
    if (response.stream && request.method !== "HEAD") {
      outgoing.writeHead(response.status, headers);
      outgoing.flushHeaders();
      const cancel = response.stream(
        (chunk) => void outgoing.write(chunk),
        () => void outgoing.end(),
      );
      if (cancel) outgoing.on("close", cancel);
      return;
    }
    const body = Buffer.isBuffer(response.body) ? response.body : Buffer.from(toText(response.body));
    outgoing.writeHead(response.status, { ...headers, "content-length": String(body.length) });
    outgoing.end(request.method === "HEAD" ? undefined : body);
  }

  private headers(response: HttpResponse, close: boolean): Record<string, string> {
    const headers: Record<string, string> = {
      "cache-control": response.status === 304 ? "" : "must-revalidate",
      ...(response.body !== undefined && !Buffer.isBuffer(response.body) ? { "content-type": "application/json" } : {}),
      server: `CouchDB/${this.version} (Erlang OTP/25)`,
      "x-couch-request-id": randomBytes(5).toString("hex"),
      "x-couchdb-body-time": "0",
      ...(close ? { connection: "close" } : {}),
      ...response.headers,
    };
    return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ""));
  }
}

/** The JSON of an answer, with the line break CouchDB puts after it. */
function toText(body: unknown): string {
  return body === undefined ? "" : `${JSON.stringify(body)}\n`;
}

/** The body of a request, read when asked for. */
class RequestBody {
  private reading: Promise<Buffer> | undefined;

  constructor(private readonly incoming: IncomingMessage) {}

  read(): Promise<Buffer> {
    this.reading ??= this.collect();
    return this.reading;
  }

  /** A body that was sent and not read cannot be followed by another request on the same connection. */
  leftUnread(): boolean {
    const { headers } = this.incoming;
    return !this.reading && (Number(headers["content-length"] ?? 0) > 0 || "transfer-encoding" in headers);
  }

  private async collect(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.incoming) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }
}

function toRequest(incoming: IncomingMessage, input: RequestBody): RawRequest {
  const url = incoming.url ?? "/";
  const [path = "", query = ""] = split(url);
  return {
    method: incoming.method ?? "GET",
    url,
    segments: path.split("/").filter((segment) => segment !== ""),
    query: new URLSearchParams(query),
    headers: incoming.headers,
    address: incoming.socket.remoteAddress ?? "",
    body: () => input.read(),
    json: async () => parseJsonBody(incoming.headers["content-type"], await bodyOfJson(incoming, input)),
  };
}

function split(url: string): [string, string] {
  const mark = url.indexOf("?");
  return mark < 0 ? [url, ""] : [url.slice(0, mark), url.slice(mark + 1)];
}

/** Checks the content type first, so that a refused body stays unread. */
async function bodyOfJson(incoming: IncomingMessage, input: RequestBody): Promise<Buffer> {
  requireJsonType(incoming.headers["content-type"]);
  return input.read();
}

function requireJsonType(contentType: string | undefined): void {
  if (contentType?.split(";")[0]?.trim() !== "application/json") {
    throw new HttpError(415, "bad_content_type", "Content-Type must be application/json");
  }
}

/** A body as JSON: 415 for another content type, 400 for no JSON. */
export function parseJsonBody(contentType: string | undefined, body: Buffer): unknown {
  requireJsonType(contentType);
  return parseJson(body.toString());
}

/** 400 for invalid JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpError(400, "bad_request", "invalid UTF-8 JSON");
  }
}
