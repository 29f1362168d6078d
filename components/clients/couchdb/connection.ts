import type * as pulumi from "@pulumi/pulumi";
import type { ResolvedInputs } from "../../dynamic/inputs";
import type { KubernetesAccess, KubernetesAccessArgs } from "../kubernetes/access";

/** How nodes are reached over TLS. PEM texts. State holds them encrypted. */
export interface TlsArgs {
  /** Certificate authority that signed the nodes' certificates. Default: the authorities that Node.js knows. */
  ca?: pulumi.Input<string>;
  /** Client certificate, where the nodes, or a proxy before them, ask for one. Needs `key`. Default: none. */
  cert?: pulumi.Input<string>;
  /** Private key of the client certificate. Default: none. */
  key?: pulumi.Input<string>;
}

/** How to reach a cluster: what resources that live in it, such as `CouchDbDatabase`, take. */
export interface CouchDbConnectionArgs {
  /**
   * URLs of nodes, without user and password: `http://couch-0.example.com:5984`. The first that answers is used. With
   * `kubernetes`, those of pods: `http://POD.SERVICE.NAMESPACE.svc.DOMAIN:PORT`.
   */
  urls: pulumi.Input<pulumi.Input<string>[]>;
  /** Name of a server administrator. Without a colon, at which HTTP would cut it. */
  adminUser: pulumi.Input<string>;
  /** The administrator's password. */
  adminPassword: pulumi.Input<string>;
  /** TLS settings for `https` URLs. Default: the authorities that Node.js knows, and no client certificate. */
  tls?: pulumi.Input<TlsArgs>;
  /** The Kubernetes cluster whose pods the URLs name. Default: URLs are reached directly. */
  kubernetes?: pulumi.Input<KubernetesAccessArgs>;
}

// Interfaces, not aliases, as far as they are outputs of components: Pulumi's schemas know no others.

/** How a node's certificate is verified, and which one is shown to it: {@link TlsArgs}, resolved. */
export interface Tls extends ResolvedInputs<TlsArgs> {}

/** What it takes to speak to nodes of one cluster: {@link CouchDbConnectionArgs}, resolved. */
export interface CouchDbConnection extends ResolvedInputs<CouchDbConnectionArgs> {
  tls?: Tls;
  kubernetes?: KubernetesAccess;
}

/** The URL in one spelling, so that two spellings of it compare equal: no trailing slash, lower-case host. */
export function normalUrl(text: string): string {
  return URL.canParse(text) ? new URL(text).href.replace(/\/+$/, "") : text;
}
