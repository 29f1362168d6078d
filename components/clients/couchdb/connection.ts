import type { KubernetesAccess } from "../kubernetes/access";

/** How a node's certificate is checked, and which one is shown to it. PEM texts. */
export interface Tls {
  /** Certificate authority that signed the nodes' certificates. Default: the authorities that Node.js knows. */
  ca?: string;
  /** Client certificate, where the nodes (or a proxy before them) ask for one. Needs `key`. */
  cert?: string;
  /** Private key of the client certificate. */
  key?: string;
}

/** What it takes to speak to nodes of one cluster. */
export interface CouchDbConnection {
  /**
   * URLs of the nodes, without user and password: `http://couch-0.example.com:5984`. With `kubernetes`, those of pods in
   * the cluster: `http://POD.SERVICE.NAMESPACE.svc.DOMAIN:PORT`.
   */
  urls: string[];
  /** Name of a server administrator. */
  adminUser: string;
  /** The administrator's password. */
  adminPassword: string;
  /** TLS settings for `https` URLs. */
  tls?: Tls;
  /** The Kubernetes cluster whose API server the nodes, which are pods there, are reached through. */
  kubernetes?: KubernetesAccess;
}

/**
 * What is wrong with a node's URL, or `undefined`. Messages never repeat the URL as a whole: it may hold a password.
 */
export function urlProblem(text: string): string | undefined {
  const example = "give it as http://HOST:PORT or https://HOST:PORT";
  if (!URL.canParse(text)) return `this is not a URL; ${example}`;
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") return `${url.protocol} is not HTTP; ${example}`;
  if (url.username !== "" || url.password !== "")
    return "it holds a user or password, which would end up in plain text; leave them out and give adminUser and adminPassword";
  if (url.search !== "" || url.hash !== "") return `it holds a query or fragment; ${example}`;
  return undefined;
}

/** The URL in one spelling, so that two spellings of it compare equal: no trailing slash, lower-case host. */
export function normalUrl(text: string): string {
  return URL.canParse(text) ? new URL(text).href.replace(/\/+$/, "") : text;
}
