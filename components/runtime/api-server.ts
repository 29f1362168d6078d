import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import { join } from "node:path";
import { apiServerCheck } from "./api-server-check";

/** Where the API server is, and what authenticates this program. */
export interface ApiServerSettings {
  host: string;
  port: string;
  /** Folder of the ServiceAccount, with `token` and `ca.crt`. */
  account: string;
}

/** The settings that every pod is given by Kubernetes; SERVICE_ACCOUNT_FOLDER changes the folder. */
export function inClusterSettings(env: Readonly<Record<string, string | undefined>>): ApiServerSettings {
  return {
    host: env.KUBERNETES_SERVICE_HOST ?? "kubernetes.default.svc",
    port: env.KUBERNETES_SERVICE_PORT ?? "443",
    account: env.SERVICE_ACCOUNT_FOLDER ?? "/var/run/secrets/kubernetes.io/serviceaccount",
  };
}

/** A request to the API server. */
export interface ApiRequest {
  method: "GET" | "PATCH" | "POST" | "PUT" | "DELETE";
  path: string;
  /** JSON by default. */
  accept?: string;
  /** Of the body; JSON by default. */
  contentType?: string;
  /** Sent as JSON. */
  body?: unknown;
  /** When to give up, by `performance.now()`. */
  deadline: number;
}

/** A response of the API server. The body is text, as most of them need not be parsed. */
export interface ApiResponse {
  status: number;
  text: string;
}

/** No response: the server can't be reached or takes too long. */
export class Unreachable extends Error {}

/** Whether a response shows a server that works and accepts our token. What we may not do shows that, too. */
export function isUsable(status: number): boolean {
  return status < 500 && status !== 401;
}

const json = "application/json";

/** Of an object its metadata alone: a tenth of what a pod takes to write, send and read. */
export const metadataOnly = `${json};as=PartialObjectMetadata;g=meta.k8s.io;v=v1,${json}`;

/**
 * Milliseconds after which a kept connection without a response counts as dead; half of the remaining time, if that is
 * less. A server that is gone does not close its connections. Not while responses come, as a slow server's do.
 */
const keptTimeout = 2_000;

/** Milliseconds without any response after which kept connections are in doubt. */
const silence = 5_000;

/** For how many milliseconds token and CA are not read again: the kubelet writes new ones long before they expire. */
const credentialsAge = 10_000;

/**
 * The API server as a program in a pod reaches it. Connections are kept; there are as many as requests at once. Watches
 * have their own.
 */
export class ApiServer {
  /** When it last gave a usable response, by `performance.now()`. */
  answeredAt = Number.NEGATIVE_INFINITY;

  private authorization = "";
  private ca = "";
  private readUntil = 0;
  private agent = new Agent();

  constructor(
    private readonly settings: ApiServerSettings,
    /** Called for each request: the status is that of the response, or `unreachable`. */
    private readonly observe: (method: string, status: string, path: string) => void = () => {},
  ) {}

  /**
   * Sends a request; again where a kept connection turns out closed or dead, the token has changed, or the server says
   * "too many requests". The server may have carried out the first one: a request that changes anything needs
   * preconditions.
   *
   * @throws Unreachable without a response before the deadline
   */
  async request(request: ApiRequest): Promise<ApiResponse> {
    for (let attempt = 1; ; attempt++) {
      const response = await this.requestOnce(request, attempt === 1).catch((error: Error & { reused?: boolean }) => {
        if (!error.reused || attempt > 3) throw new Unreachable(error.message);
        this.closeKept();
        return undefined;
      });
      if (response?.status === 401 && attempt === 1) this.readUntil = 0;
      else if (response?.status === 429 && attempt <= 3 && performance.now() + 1500 < request.deadline)
        await new Promise((resolve) => setTimeout(resolve, 1000));
      else if (response) return response;
    }
  }

  /** Opens a response that goes on: a watch. The signal ends it. */
  async stream(path: string, accept: string, signal: AbortSignal): Promise<IncomingMessage> {
    this.readCredentials();
    const headers = { accept, authorization: this.authorization };
    const { host, port } = this.settings;
    return new Promise((resolve, reject) => {
      const options = { host, port, path, headers, ca: this.ca, ...apiServerCheck, agent: false, signal };
      httpsRequest(options, resolve).once("error", reject).end();
    });
  }

  /** Closes the connections. */
  close(): void {
    this.agent.destroy();
  }

  /** Where one connection is dead, the others usually are: the next request gets a new one. */
  private closeKept(): void {
    for (const sockets of Object.values(this.agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  }

  private requestOnce(
    { method, path, accept = json, contentType, body, deadline }: ApiRequest,
    first: boolean,
  ): Promise<ApiResponse> {
    return new Promise((resolve, reject) => {
      this.readCredentials();
      const { host, port } = this.settings;
      const text = body === undefined ? undefined : JSON.stringify(body);
      const headers: Record<string, string | number> = { accept, authorization: this.authorization };
      if (text !== undefined) {
        headers["content-type"] = contentType ?? json;
        headers["content-length"] = Buffer.byteLength(text);
      }
      const sent = httpsRequest({ host, port, method, path, headers, agent: this.agent });
      // Not an AbortSignal, which costs more than everything else here.
      const left = deadline - performance.now();
      const isDoubtful = first && sent.reusedSocket && performance.now() - this.answeredAt > silence;
      const time = isDoubtful ? Math.min(keptTimeout, left / 2) : left;
      const timer = setTimeout(() => sent.destroy(new Error("no answer in time")), time);
      const fail = (error: Error) => {
        clearTimeout(timer);
        this.observe(method, "unreachable", path);
        reject(Object.assign(error, { reused: sent.reusedSocket && performance.now() < deadline }));
      };
      sent.once("error", fail);
      sent.once("response", (response) => {
        let received = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          received += chunk;
        });
        response.once("error", fail);
        response.once("end", () => {
          clearTimeout(timer);
          const status = response.statusCode ?? 0;
          if (isUsable(status)) this.answeredAt = performance.now();
          this.observe(method, String(status), path);
          resolve({ status, text: received });
        });
      });
      sent.end(text);
    });
  }

  private readCredentials(): void {
    const now = performance.now();
    if (now < this.readUntil) return;
    this.readUntil = now + credentialsAge;
    const { account } = this.settings;
    this.authorization = `Bearer ${readFileSync(join(account, "token"), "utf8").trim()}`;
    const ca = readFileSync(join(account, "ca.crt"), "utf8");
    if (ca === this.ca) return;
    this.ca = ca;
    // Requests that are under way keep their connections of the old agent.
    const pool = { keepAlive: true, scheduling: "lifo", timeout: 60_000, maxCachedSessions: 1 } as const;
    this.agent = new Agent({ ca, ...apiServerCheck, ...pool });
  }
}
