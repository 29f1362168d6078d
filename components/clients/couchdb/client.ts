import { setTimeout as sleep } from "node:timers/promises";
import nano from "nano";
import { agentFor } from "#couchdb-agent";
import type { Deadline } from "../../reconcile/deadline";
import { normalUrl } from "./connection";
import { CouchDbError, describeNetworkError } from "./error";
import { type Credentials, type Login, loginOf } from "./login";

/** One request to a node. */
export interface CouchDbRequest {
  method?: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  /** Path after the node's URL, already encoded, without a leading slash: `_node/_local/_nodes/couchdb%40a`. */
  path: string;
  query?: Record<string, string | number | boolean>;
  /** Sent as JSON. */
  body?: unknown;
  /** Milliseconds until the attempt is given up; 10,000 at least where one was before. Default: 10,000. */
  timeout?: number;
}

// The published types leave out the abort signal that the library passes on to fetch.
type RequestWithSignal = nano.RequestOptions & { signal: AbortSignal };

/** Shortest timeout of an attempt, in milliseconds: one is made even when the deadline has passed. */
const lastAttempt = 1_000;

/** Shortest timeout of an attempt after one that was given up, while the password may be wrong. */
const longAttempt = 10_000;

/** Speaks to one CouchDB node as its administrator. */
export class CouchDbClient {
  readonly url: string;
  /** What is known of the password on this node. */
  readonly login: Login;
  /** Deadline of the operation that the requests belong to: none takes much longer. */
  deadline?: Deadline;
  private readonly server: nano.ServerScope;

  /** @param label the node's name in errors and progress; its URL until its name is known */
  constructor(
    url: string,
    credentials: Credentials,
    public label: string = normalUrl(url),
  ) {
    this.url = normalUrl(url);
    this.login = loginOf(this.url, credentials);
    const basic = Buffer.from(`${credentials.adminUser}:${credentials.adminPassword}`).toString("base64");
    const agent = agentFor(credentials);
    this.server = nano({
      url: `${this.url}/`,
      parseUrl: false,
      headers: { Authorization: `Basic ${basic}` },
      ...(agent && { agentOptions: agent as unknown as nano.Configuration["agentOptions"] }),
    } as nano.Configuration);
  }

  /**
   * Sends one request, unless the node is known to refuse the password; repeats it where the node may still be hashing
   * the password ({@link Login}). Throws {@link CouchDbError}.
   */
  request<T>(request: CouchDbRequest): Promise<T> {
    return this.login.send(
      () => this.send<T>(request),
      (milliseconds) => this.pause(milliseconds),
    );
  }

  private async pause(milliseconds: number): Promise<void> {
    await (this.deadline ? this.deadline.pause(milliseconds) : sleep(milliseconds));
  }

  private async send<T>(request: CouchDbRequest): Promise<T> {
    const { method = "GET", path, query, body } = request;
    const timeout = Math.max(request.timeout ?? 10_000, this.login.needsTime ? longAttempt : 0);
    const left = this.deadline ? Math.max(this.deadline.remaining, lastAttempt) : timeout;
    const name = `${method} /${path}`;
    const options: RequestWithSignal = {
      method,
      path,
      qs: query,
      body: body as object,
      signal: AbortSignal.timeout(Math.ceil(Math.min(timeout, left))),
    };
    try {
      return (await this.server.request(options)) as T;
    } catch (error) {
      if (options.signal.aborted) this.login.giveUp();
      throw this.explain(name, error as nano.RequestError);
    }
  }

  /** As {@link request}, with `undefined` for what does not exist (404). */
  async find<T>(request: CouchDbRequest): Promise<T | undefined> {
    try {
      return await this.request<T>(request);
    } catch (error) {
      if (CouchDbError.hasStatus(error, 404)) return undefined;
      throw error;
    }
  }

  private explain(request: string, cause: nano.RequestError): CouchDbError {
    const { statusCode, error, reason } = cause;
    if (statusCode === undefined) {
      const words = cause.message.replace(/^error happened in your connection\. Reason: /, "");
      const { detail, permanent } = describeNetworkError(words);
      return new CouchDbError(permanent ? "failed" : "unreachable", this.label, request, detail);
    }
    const said =
      error === undefined ? ", but not as CouchDB does; check the URL and any proxy before the node" : ` ${error}`;
    const answer = `answered ${statusCode}${said}${reason ? `: ${reason.replace(/\.$/, "")}` : ""}`;
    const locked = statusCode === 403 && /locked/.test(reason ?? "");
    if (statusCode === 401 || locked) {
      const remedy = locked
        ? "wait five minutes from the first wrong password, then give the right one"
        : "the administrator's name or password is wrong for this node; five wrong tries would lock the account, so none is repeated";
      return new CouchDbError("unauthorized", this.label, request, `${answer}; ${remedy}`, statusCode, error, reason);
    }
    return new CouchDbError("failed", this.label, request, answer, statusCode, error, reason);
  }
}

/** A path made of segments that may hold any character. */
export function pathOf(...segments: string[]): string {
  return segments.map(encodeURIComponent).join("/");
}
