import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";

/** What the CouchDB client passes to `fetch`. */
interface FetchOptions {
  method: string;
  headers: Record<string, string>;
  body?: string | URLSearchParams;
  signal?: AbortSignal;
  /** From `agentFor` beside this file. */
  dispatcher?: HttpsAgent;
}

/** What it reads of the response. */
interface FetchResponse {
  status: number;
  statusText: string;
  /** Names in lower case. */
  headers: Map<string, string>;
  text(): Promise<string>;
  json(): Promise<unknown>;
  arrayBuffer(): Promise<Buffer>;
}

const httpAgent = new HttpAgent({ keepAlive: true, timeout: 30_000 });
const httpsAgent = new HttpsAgent({ keepAlive: true, timeout: 30_000 });

/**
 * Takes the place of the global `fetch` in bundled programs: that one takes some 30 MiB of memory, half of what a
 * container beside CouchDB has. Knows only what the CouchDB client uses: responses are read whole, and redirects are
 * errors.
 */
export async function fetch(url: string, init: FetchOptions): Promise<FetchResponse> {
  // Responses are not decompressed here.
  const { "Accept-Encoding": _, ...headers } = init.headers;
  const body = init.body === undefined ? undefined : String(init.body);
  const options = {
    method: init.method.toUpperCase(),
    headers: body === undefined ? headers : { ...headers, "content-length": Buffer.byteLength(body) },
    signal: init.signal,
  };
  const request = url.startsWith("https:")
    ? requestHttps(url, { ...options, agent: init.dispatcher ?? httpsAgent })
    : requestHttp(url, { ...options, agent: httpAgent });
  return new Promise((resolve, reject) => {
    request.once("error", (error) => reject(init.signal?.aborted ? init.signal.reason : error));
    request.once("response", (response) => read(response).then(resolve, reject));
    request.end(body);
  });
}

async function read(response: IncomingMessage): Promise<FetchResponse> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const status = response.statusCode ?? 0;
  if (status >= 300 && status < 400 && status !== 304) throw new Error("unexpected redirect");
  const body = Buffer.concat(chunks);
  const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    status,
    statusText: response.statusMessage ?? "",
    headers: new Map(headers),
    text: async () => body.toString(),
    json: async () => JSON.parse(body.toString()),
    arrayBuffer: async () => body,
  };
}
