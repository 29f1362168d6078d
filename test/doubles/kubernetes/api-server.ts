import * as http from "node:http";
import * as https from "node:https";
import type { KubeConfig } from "../../../components/clients/kubernetes/client-library";
import { ApiError } from "./api-error";
import type { Json, JsonObject } from "./objects";

/** A request as the plugin makes it: everything is JSON (which is YAML, too). */
export interface ApiRequest {
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  path: string;
  query?: Record<string, string>;
  contentType?: string;
  body?: Json;
}

const REQUEST_TIMEOUT_MS = 32_000;

/** One cluster's API server, reached as a kubeconfig says. */
export class ApiServer {
  private readonly url: URL;
  private readonly agent: http.Agent;

  constructor(private readonly config: KubeConfig) {
    const cluster = config.getCurrentCluster();
    if (!cluster) throw new Error("invalid configuration: no configuration has been provided");
    this.url = new URL(cluster.server);
    this.agent = new this.transport.Agent({ keepAlive: true, maxSockets: 20 });
  }

  private get transport(): typeof http | typeof https {
    return this.url.protocol === "http:" ? http : https;
  }

  /** @throws ApiError with the API server's own message where it refuses. */
  async ask(request: ApiRequest): Promise<JsonObject> {
    const { status, text } = await this.send(request);
    const answer = parse(text);
    if (status >= 400) throw ApiError.of(status, answer ?? { message: text.trim() });
    return answer as JsonObject;
  }

  private async send({ method, path, query, contentType, body }: ApiRequest) {
    const url = new URL(this.url.pathname.replace(/\/$/, "") + path, this.url);
    for (const [key, value] of Object.entries(query ?? {})) url.searchParams.set(key, value);
    const options: https.RequestOptions = { method, agent: this.agent, timeout: REQUEST_TIMEOUT_MS };
    options.headers = { accept: "application/json", "user-agent": "pulumi-couch-tests" };
    const payload = body === undefined ? undefined : JSON.stringify(body);
    if (payload !== undefined) {
      options.headers["content-type"] = contentType ?? "application/json";
      // Node tells no length of a DELETE's body by itself.
      options.headers["content-length"] = String(Buffer.byteLength(payload));
    }
    await this.config.applyToHTTPSOptions(options);
    // An agent of its own for each request, as client-node makes it, would keep no connection open.
    if (!this.config.getCurrentCluster()?.proxyUrl) options.agent = this.agent;
    return new Promise<{ status: number; text: string }>((resolve, reject) => {
      const sent = this.transport.request(url, options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      });
      sent.on("timeout", () => sent.destroy(new Error("the API server did not answer in time")));
      sent.on("error", (error) => reject(new Error(`${method} ${JSON.stringify(url.href)}: ${error.message}`)));
      sent.end(payload);
    });
  }
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
