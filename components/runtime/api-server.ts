import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { apiServerCheck } from "./api-server-check";

/** Where the API server is, and what is shown to it. */
export interface ApiServerSettings {
  host: string;
  port: string;
  /** Folder with `token` and `ca.crt`. */
  account: string;
}

/** As every pod finds it, unless told otherwise. */
export function inClusterSettings(env: Readonly<Record<string, string | undefined>>): ApiServerSettings {
  return {
    host: env.KUBERNETES_SERVICE_HOST ?? "kubernetes.default.svc",
    port: env.KUBERNETES_SERVICE_PORT ?? "443",
    account: env.SERVICE_ACCOUNT_FOLDER ?? "/var/run/secrets/kubernetes.io/serviceaccount",
  };
}

/** What is asked. */
export interface ApiRequest {
  method: "GET" | "PATCH" | "POST" | "PUT" | "DELETE";
  path: string;
  accept?: string;
  /** Of the body. */
  contentType?: string;
  body?: unknown;
  /** When to give up, by `performance.now()`. */
  deadline: number;
}

/** What was answered: the body is text, as most of them need not be read. */
export interface ApiResponse {
  status: number;
  text: string;
}

/** No answer, as the server can't be reached or takes too long. */
export class Unreachable extends Error {}

/** Not if the server is out of order, or our token is worth nothing; what we may not do shows that it works. */
export function isOfUse(status: number): boolean {
  return status < 500 && status !== 401;
}

const json = "application/json";

/** Of an object its metadata alone: a tenth of what a pod takes to write, send and read. */
export const metadataOnly = `${json};as=PartialObjectMetadata;g=meta.k8s.io;v=v1,${json}`;

/**
 * Milliseconds after which a connection that was kept counts as dead, as those to a server that is gone without a word;
 * half of the time there is, if that is less. Not while answers come, as those of a slow server do.
 */
const keptPatience = 2_000;

/** Milliseconds without an answer from which on that is so. */
const silence = 5_000;

/** For how many milliseconds token and CA are taken as read: the kubelet writes new ones long before they end. */
const credentialsAge = 10_000;

/** The API server as a pod reaches it. Connections are kept, and are as many as there are questions at once. */
export class ApiServer {
  /** When it last gave an answer of use, by `performance.now()`. */
  answered = Number.NEGATIVE_INFINITY;

  private authorization = "";
  private ca = "";
  private readUntil = 0;
  private agent = new Agent();

  constructor(
    private readonly settings: ApiServerSettings,
    /** Told of each question: its method, and the status of the answer or `unreachable`. */
    private readonly observe: (method: string, status: string) => void = () => {},
  ) {}

  /**
   * Asks once; again where a connection that was kept turns out closed or dead, the token is new, or the server says
   * "later". The server may have done then what it was asked: what changes anything carries preconditions.
   */
  async ask(question: ApiRequest): Promise<ApiResponse> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.askOnce(question, attempt === 1).catch((error: Error & { reused?: boolean }) => {
        if (!error.reused || attempt > 3) throw new Unreachable(error.message);
        this.closeKept();
        return undefined;
      });
      if (answer?.status === 401 && attempt === 1) this.readUntil = 0;
      else if (answer?.status === 429 && attempt <= 3 && performance.now() + 1500 < question.deadline)
        await new Promise((resolve) => setTimeout(resolve, 1000));
      else if (answer) return answer;
    }
  }

  /** Opens a response that goes on: a watch. Ends with the signal. */
  async stream(path: string, accept: string, signal: AbortSignal): Promise<IncomingMessage> {
    this.readCredentials();
    const headers = { accept, authorization: this.authorization };
    const { host, port } = this.settings;
    return new Promise((resolve, reject) => {
      const options = { host, port, path, headers, ca: this.ca, ...apiServerCheck, agent: false, signal };
      request(options, resolve).once("error", reject).end();
    });
  }

  close(): void {
    this.agent.destroy();
  }

  /** Where one connection is dead, the others are as a rule: the next question is to have a new one. */
  private closeKept(): void {
    for (const sockets of Object.values(this.agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  }

  private askOnce(
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
      const asked = request({ host, port, method, path, headers, agent: this.agent });
      // A timer of its own: an AbortSignal takes longer than all else that is done here.
      const left = deadline - performance.now();
      const isDoubtful = first && asked.reusedSocket && performance.now() - this.answered > silence;
      const time = isDoubtful ? Math.min(keptPatience, left / 2) : left;
      const timer = setTimeout(() => asked.destroy(new Error("no answer in time")), time);
      const fail = (error: Error) => {
        clearTimeout(timer);
        this.observe(method, "unreachable");
        reject(Object.assign(error, { reused: asked.reusedSocket && performance.now() < deadline }));
      };
      asked.once("error", fail);
      asked.once("response", (response) => {
        let received = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          received += chunk;
        });
        response.once("error", fail);
        response.once("end", () => {
          clearTimeout(timer);
          const status = response.statusCode ?? 0;
          if (isOfUse(status)) this.answered = performance.now();
          this.observe(method, String(status));
          resolve({ status, text: received });
        });
      });
      asked.end(text);
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
    // Those who still wait for an answer keep their connection until they have it.
    const pool = { keepAlive: true, scheduling: "lifo", timeout: 60_000, maxCachedSessions: 1 } as const;
    this.agent = new Agent({ ca, ...apiServerCheck, ...pool });
  }
}
