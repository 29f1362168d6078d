/** What became of a connection, or of a request over it, that got no proper answer. */
export type NetworkErrorKind =
  | "refused"
  | "unresolved"
  | "timeout"
  | "closed"
  | "certificate"
  | "redirect"
  | "badPort"
  | "other";

/** A failed connection, as far as the network stack's words tell. */
export interface NetworkError {
  readonly kind: NetworkErrorKind;
  /** Whether it fails again until something is changed; otherwise the other side may only be starting. */
  readonly permanent: boolean;
}

const permanent: readonly NetworkErrorKind[] = ["certificate", "redirect", "badPort"];

/** In the order in which they count: words about a certificate may also say that the connection was closed. */
const patterns: readonly [NetworkErrorKind, RegExp][] = [
  [
    "certificate",
    /certificate|CERT_|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO|wrong version number|DECODER routines|PEM routines/i,
  ],
  ["badPort", /bad port/],
  ["redirect", /unexpected redirect/],
  ["refused", /ECONNREFUSED|AggregateError/],
  ["unresolved", /ENOTFOUND|EAI_AGAIN/],
  ["timeout", /Timeout|aborted/i],
  ["closed", /other side closed|ECONNRESET|hang up/],
];

/** Reads the words of Node.js, OpenSSL or an HTTP library: they hand on no more than these. */
export function networkErrorOf(words: string): NetworkError {
  const kind = patterns.find(([, pattern]) => pattern.test(words))?.[0] ?? "other";
  return { kind, permanent: permanent.includes(kind) };
}
