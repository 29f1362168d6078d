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

  /** Whether asking again later may help. */
  static isPassing(error: unknown): boolean {
    if (!(error instanceof CouchDbError)) return false;
    return error.failure === "unreachable" || (error.status ?? 0) >= 500;
  }
}

const certificateErrors = /certificate|CERT_|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO|wrong version number/i;

/** What a failed connection means, from the words of the network stack. */
export function describeNetworkError(words: string): { detail: string; hopeless: boolean } {
  if (certificateErrors.test(words))
    return { detail: `the TLS connection failed (${words}); check tls.ca, and http against https`, hopeless: true };
  const detail = /ECONNREFUSED|AggregateError/.test(words)
    ? "connection refused"
    : /ENOTFOUND|EAI_AGAIN/.test(words)
      ? "the host name does not resolve"
      : /Timeout|aborted/i.test(words)
        ? "no answer in time"
        : words;
  return { detail: `${detail}; check that the node runs and that its URL is right`, hopeless: false };
}
