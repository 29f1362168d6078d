import * as pulumi from "@pulumi/pulumi";
import type { CouchDbConnection } from "../../clients/couchdb/connection";
import { DynamicResource } from "../../dynamic/resource";
import type { MembershipInputs, MembershipOutputs } from "./inputs";

/** A CouchDB node that shall be a member. */
export interface CouchDbNodeArgs {
  /**
   * URL under which the machine that runs Pulumi reaches the node: `http://couch-0.example.com:5984`. Without user and
   * password. Each node has its own: a load balancer before several nodes won't do. With `kubernetes`, the pod's name
   * in the cluster: `http://couch-0.couch.default.svc.cluster.local:5984`.
   */
  url: pulumi.Input<string>;
  /**
   * Erlang name that the node must have: `couchdb@couch-0.example.com`. Default: whatever it is called. A node under
   * another name is refused before anything is changed.
   */
  name?: pulumi.Input<string>;
}

/** How nodes are reached over TLS. PEM texts. State holds them encrypted. */
export interface TlsArgs {
  /** Certificate authority that signed the nodes' certificates. Default: the authorities that Node.js knows. */
  ca?: pulumi.Input<string>;
  /** Client certificate, where the nodes, or a proxy before them, ask for one. Needs `key`. */
  cert?: pulumi.Input<string>;
  /** Private key of the client certificate. */
  key?: pulumi.Input<string>;
}

/** The Kubernetes cluster that nodes run in, for a Pulumi program outside of it. State holds this encrypted. */
export interface KubernetesAccessArgs {
  /**
   * The kubeconfig: its text, or the path of a file. Default: the ambient one, from the environment variable
   * `KUBECONFIG`, `~/.kube/config`, or the service account of the pod that Pulumi runs in.
   */
  kubeconfig?: pulumi.Input<string>;
  /** Context in the kubeconfig. Default: its current one. */
  context?: pulumi.Input<string>;
}

/** A change of the StatefulSet that runs the nodes, to wait for. */
export interface RolloutArgs {
  /** Name of the StatefulSet. */
  statefulSet: pulumi.Input<string>;
  /** Its namespace. */
  namespace: pulumi.Input<string>;
  /** Its `metadata.generation`: a change of it has the membership looked at again, once the pods have been replaced. */
  generation: pulumi.Input<number>;
  /**
   * Its `metadata.uid`: another one of the same name, which a kubeconfig that leads to another cluster finds, is refused.
   * Default: not compared.
   */
  uid?: pulumi.Input<string>;
}

/** More than one, so that one may be down; not all, so that adding nodes changes nothing that uses the connection. */
const nodesInConnection = 3;

/** Arguments of {@link CouchDbMembership}. */
export interface CouchDbMembershipArgs {
  /**
   * The nodes: all of them, and no others. A node that is added joins; one that is left out is struck off the record
   * if no database has a shard on it, and refused otherwise. Order does not matter.
   */
  nodes: pulumi.Input<pulumi.Input<CouchDbNodeArgs>[]>;
  /** Name of a server administrator that every node has. Without a colon. */
  adminUser: pulumi.Input<string>;
  /**
   * The administrator's password, the same on every node. A secret in state and displays. When it is changed, each node
   * that still takes the former one is given the new one; one that has the new one already is left as it is.
   */
  adminPassword: pulumi.Input<string>;
  /**
   * The password as nodes keep it, `-pbkdf2:sha256-KEY,SALT,ITERATIONS`: `passwordHash` of `CouchDbCredentials`. Given to
   * the nodes when it or the password changes, so that all have the same. A secret in state and displays. Default: the
   * nodes' line is left alone until the password changes; then one line is made for all of them.
   */
  adminPasswordHash?: pulumi.Input<string>;
  /** TLS settings for `https` URLs. */
  tls?: pulumi.Input<TlsArgs>;
  /**
   * The Kubernetes cluster whose pods the nodes are. They are then reached through its API server by port-forward,
   * which takes the verbs `get` and `create` on `pods/portforward`, and watched, which takes `get`, `list` and `watch` on
   * `pods` and `list` on `events`: a pod that can't start is reported with its cause, early. `{}`: the ambient
   * kubeconfig. Default: URLs are reached directly.
   */
  kubernetes?: pulumi.Input<KubernetesAccessArgs>;
  /**
   * The StatefulSet that runs the nodes. When its generation changes, its pods are waited for until each runs as it now
   * says; then the cluster is looked at. Whether they are ready is not waited for. Needs `kubernetes`, and `get` on
   * `statefulsets`. Default: pods are taken as they are.
   */
  rollout?: pulumi.Input<RolloutArgs>;
  /**
   * Whether somebody else joins the nodes, such as the sidecar of `CouchDiscover`. Nothing is then done to the
   * membership; it is waited for, and verified. Default: false.
   */
  waitOnly?: pulumi.Input<boolean>;
  /** Any texts; when one of them changes, the cluster is looked at again, and repaired. Default: none. */
  triggers?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Whether the cluster shall have the system database `_global_changes` (feed of all databases' changes). Default: false,
   * as CouchDB since 3.0.
   */
  globalChanges?: pulumi.Input<boolean>;
  /** IP address, not localhost, on which a node shall listen that so far listens on that only. Default: 0.0.0.0, all. */
  bindAddress?: pulumi.Input<string>;
  /**
   * Seconds until the cluster must be complete, 1 to 86,400. Default: 300. Nodes that don't answer yet are waited for
   * as long. Nodes that answer but can't connect to each other are reported after 60.
   */
  timeoutSeconds?: pulumi.Input<number>;
}

/** How to reach a cluster: what resources that live in it, such as `CouchDbDatabase`, take. */
export interface CouchDbConnectionArgs {
  /** URLs of nodes, without user and password; the first that answers is used. */
  urls: pulumi.Input<pulumi.Input<string>[]>;
  /** Name of a server administrator. */
  adminUser: pulumi.Input<string>;
  /** The administrator's password. */
  adminPassword: pulumi.Input<string>;
  /** TLS settings for `https` URLs. */
  tls?: pulumi.Input<TlsArgs>;
  /** The Kubernetes cluster whose pods the URLs name. Default: URLs are reached directly. */
  kubernetes?: pulumi.Input<KubernetesAccessArgs>;
}

/**
 * Makes CouchDB nodes that run already one finished cluster, and proves it: every node lists every node, connected
 * and recorded, the system databases exist, and every node says that the cluster is finished.
 *
 * Fresh nodes, half-joined ones and finished clusters are all brought there, and an interrupted run is resumed by the
 * next. Nothing is lost: nodes that hold databases of their own are not joined to others that do. Destroying the
 * resource leaves the cluster as it is.
 *
 * Fails, and says how to go on: a node can't be reached, the password is wrong (no second try: five lock the account
 * out), Erlang cookies differ, a node belongs to another cluster or runs under another name, versions don't fit.
 *
 * @example
 * ```ts
 * const cluster = new couch.CouchDbMembership("orders", {
 *   nodes: [{ url: "http://10.0.0.1:5984" }, { url: "http://10.0.0.2:5984" }, { url: "http://10.0.0.3:5984" }],
 *   adminUser: "admin",
 *   adminPassword: config.requireSecret("adminPassword"),
 * });
 * ```
 */
export class CouchDbMembership extends DynamicResource<MembershipInputs, MembershipOutputs> {
  /** Erlang names of the members, sorted. After a refresh: those that every reachable node sees as it should. */
  declare readonly members: pulumi.Output<string[]>;
  /** Erlang names of the nodes declared now or earlier that are on the cluster's record, connected or not, sorted. */
  declare readonly recorded: pulumi.Output<string[]>;
  /** The cluster's uuid, the same on every node. */
  declare readonly uuid: pulumi.Output<string>;
  /** CouchDB versions that the nodes run, each once. */
  declare readonly versions: pulumi.Output<string[]>;
  /** What was found not to be as declared, in words. Empty after a successful `up`; filled by a refresh or a failure. */
  declare readonly drift: pulumi.Output<string[]>;
  /** How to reach the cluster, by its first three nodes; whatever takes it waits until the cluster is complete. A secret. */
  readonly connection: pulumi.Output<CouchDbConnection>;

  constructor(name: string, args: CouchDbMembershipArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      {
        handler: "couchDbMembership",
        type: "CouchDbMembership",
        outputs: ["members", "recorded", "uuid", "versions", "drift"],
        secrets: ["adminPassword", "adminPasswordHash", "tls", "kubernetes", "formerAdmins"],
      },
      name,
      args,
      opts,
    );
    // The id makes whatever uses the connection wait for this resource, and stays known when nodes are added.
    this.connection = pulumi.secret(
      pulumi
        .all([this.id, args.nodes, args.adminUser, args.adminPassword, args.tls, args.kubernetes])
        .apply(([_, nodes, adminUser, adminPassword, tls, kubernetes]) => {
          const urls = nodes.slice(0, nodesInConnection).map((node) => node.url);
          return { urls, adminUser, adminPassword, ...(tls && { tls }), ...(kubernetes && { kubernetes }) };
        }),
    );
  }
}
