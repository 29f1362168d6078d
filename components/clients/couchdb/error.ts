import { portForwardProblem } from "../kubernetes/port-forward-error";
import { type NetworkErrorKind, networkErrorOf } from "../network-error";

/** Why a request to a CouchDB node failed. */
export type CouchDbFailure =
  /** No answer, which may yet come: connection refused or reset, timed out, name not found. */
  | "unreachable"
  /** 401, or 403 because wrong passwords have locked the account. A second try would only lock it sooner. */
  | "unauthorized"
  /** Any other answer that is not a success, and a connection that can't come about: certificate not accepted. */
  | "failed";

/**
 * A request to a node that did not succeed. The message names node, request, cause and, where one is known, the
 * remedy; it never holds credentials.
 */
export class CouchDbError extends Error {
  constructor(
    readonly failure: CouchDbFailure,
    /** The node, by name or URL. */
    readonly node: string,
    /** What was asked, as `GET /_membership`. */
    readonly request: string,
    /** What the node, or the network, answered. */
    readonly detail: string,
    /** HTTP status, where there was an answer. */
    readonly status?: number,
    /** CouchDB's `error` field: `not_found`, `conflict`, … */
    readonly error?: string,
    /** CouchDB's `reason` field. */
    readonly reason?: string,
  ) {
    super(`${node}: ${request}: ${detail}`);
    this.name = "CouchDbError";
  }

  /** Whether an error is an answer with this HTTP status. */
  static hasStatus(error: unknown, ...statuses: number[]): error is CouchDbError {
    return error instanceof CouchDbError && error.status !== undefined && statuses.includes(error.status);
  }

  /** Whether a node has refused user or password. */
  static isRefusal(error: unknown): boolean {
    return error instanceof CouchDbError && error.failure === "unauthorized";
  }

  /** Whether trying again later may help. */
  static isTransient(error: unknown): boolean {
    if (!(error instanceof CouchDbError)) return false;
    return error.failure === "unreachable" || (error.status ?? 0) >= 500;
  }
}

const checkNode = "check that the node runs and that its URL is right";

/** What each kind of network error means for a node; `words` are those of the network stack. */
const details: Readonly<Record<NetworkErrorKind, (words: string) => string>> = {
  certificate: (words) => `the TLS connection failed (${words}); check tls.ca, tls.cert and tls.key`,
  badPort: () => "Node.js refuses to speak HTTP to this port; give the node another one",
  redirect: () => "it redirects to another URL (from http to https?); give the one it redirects to",
  refused: () => `connection refused; ${checkNode}`,
  unresolved: () => `the host name does not resolve; ${checkNode}`,
  timeout: () => `no answer in time; ${checkNode}`,
  // A node that restarts closes connections too; from here the cases look the same.
  closed: () =>
    `the connection was closed without an answer; ${checkNode}, http against https included, and whether it wants ` +
    "a client certificate (tls.cert)",
  other: (words) => `${words}; ${checkNode}`,
};

/** What a failed connection to a node means, from the words of the network stack. */
export function describeNetworkError(words: string): { detail: string; permanent: boolean } {
  const problem = portForwardProblem(words);
  if (problem) return problem;
  const { kind, permanent } = networkErrorOf(words);
  return { detail: details[kind](words), permanent };
}
