import { portForwardProblem } from "../kubernetes/port-forward-error";

/** Why a request to a CouchDB node failed. */
export type CouchDbFailure =
  /** No answer: refused, reset, timed out, name not found, certificate not accepted. */
  | "unreachable"
  /** 401, or 403 because wrong passwords have locked the account. Never worth a second try. */
  | "unauthorized"
  /** Any other answer that is no success. */
  | "refused";

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
    /** What the node, or the network, said. */
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

  /** Whether asking again later may help. */
  static isTransient(error: unknown): boolean {
    if (!(error instanceof CouchDbError)) return false;
    return error.failure === "unreachable" || (error.status ?? 0) >= 500;
  }
}

const certificateErrors =
  /certificate|CERT_|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO|wrong version number|DECODER routines|PEM routines/i;

/** What a failed connection means, from the words of the network stack. */
export function describeNetworkError(words: string): { detail: string; hopeless: boolean } {
  const problem = portForwardProblem(words);
  if (problem) return problem;
  if (certificateErrors.test(words))
    return { detail: `the TLS connection failed (${words}); check tls.ca, tls.cert and tls.key`, hopeless: true };
  if (/bad port/.test(words))
    return { detail: "Node.js refuses to speak HTTP to this port; give the node another one", hopeless: true };
  if (/unexpected redirect/.test(words))
    return {
      detail: "it redirects to another URL (from http to https?); give the one it redirects to",
      hopeless: true,
    };
  const checkNode = "check that the node runs and that its URL is right";
  const known: [RegExp, string][] = [
    [/ECONNREFUSED|AggregateError/, `connection refused; ${checkNode}`],
    [/ENOTFOUND|EAI_AGAIN/, `the host name does not resolve; ${checkNode}`],
    [/Timeout|aborted/i, `no answer in time; ${checkNode}`],
    // A node that restarts, too; which of them it is can't be told from here.
    [
      /other side closed|ECONNRESET|hang up/,
      `the connection was closed without an answer; ${checkNode}, http against https included, and whether it wants ` +
        "a client certificate (tls.cert)",
    ],
  ];
  const detail = known.find(([pattern]) => pattern.test(words))?.[1] ?? `${words}; ${checkNode}`;
  return { detail, hopeless: false };
}
