import type * as pulumi from "@pulumi/pulumi";
import type { TlsArgs } from "../../clients/couchdb/connection";
import type { KubernetesAccessArgs } from "../../clients/kubernetes/access";

/** A CouchDB node that must be a member. */
export interface CouchDbNodeArgs {
  /**
   * URL under which the machine that runs Pulumi reaches the node: `http://couch-0.example.com:5984`. Without user and
   * password. Each node has its own: not that of a load balancer before several nodes. With `kubernetes`, the pod's name
   * in the cluster: `http://couch-0.couch.default.svc.cluster.local:5984`.
   */
  url: pulumi.Input<string>;
  /**
   * Erlang name that the node must have: `couchdb@couch-0.example.com`. Default: any. A node with another name is
   * rejected before anything changes.
   */
  name?: pulumi.Input<string>;
}

/** A change of the StatefulSet that runs the nodes, to wait for. */
export interface RolloutArgs {
  /** Name of the StatefulSet. */
  statefulSet: pulumi.Input<string>;
  /** Its namespace. */
  namespace: pulumi.Input<string>;
  /** Its `metadata.generation`: when it changes, the membership is verified again, once the pods have been replaced. */
  generation: pulumi.Input<number>;
  /**
   * Its `metadata.uid`: a StatefulSet with another one, which a kubeconfig of another cluster may find, is rejected.
   * Default: not compared.
   */
  uid?: pulumi.Input<string>;
}

/** Arguments of {@link CouchDbMembership}. */
export interface CouchDbMembershipArgs {
  /**
   * The nodes: all of them, and no others. A node that is added joins; one that is left out is removed from the record
   * if no database has a shard on it; otherwise the update fails. Order does not matter.
   */
  nodes: pulumi.Input<pulumi.Input<CouchDbNodeArgs>[]>;
  /** Name of a server administrator that every node has. Without a colon. */
  adminUser: pulumi.Input<string>;
  /**
   * The administrator's password, the same on every node. A secret in state and displays. When it changes, each node
   * that still accepts the former one gets the new one; a node that has the new one already is left as it is.
   */
  adminPassword: pulumi.Input<string>;
  /**
   * The password as nodes keep it, `-pbkdf2:sha256-KEY,SALT,ITERATIONS`: `adminPasswordHash` of `CouchDbCredentials`.
   * Set on the nodes when it or the password changes, so that all have the same. A secret in state and displays.
   * Default: the nodes' hash is left alone until the password changes; then one hash is made for all of them.
   */
  adminPasswordHash?: pulumi.Input<string>;
  /** TLS settings for `https` URLs. Default: the authorities that Node.js knows, and no client certificate. */
  tls?: pulumi.Input<TlsArgs>;
  /**
   * The Kubernetes cluster whose pods the nodes are. They are then reached through its API server by port-forward,
   * which needs the verbs `get` and `create` on `pods/portforward`, and watched, which needs `get`, `list` and `watch` on
   * `pods` and `list` on `events`: a pod that can't start is reported early, with its cause. `{}`: the ambient
   * kubeconfig. Default: URLs are reached directly.
   */
  kubernetes?: pulumi.Input<KubernetesAccessArgs>;
  /**
   * The StatefulSet that runs the nodes. When its generation changes, the update waits until each of its pods runs the
   * new revision, ready or not; then it verifies the cluster. Needs `kubernetes`, and `get` on `statefulsets`. Default:
   * it does not wait.
   */
  rollout?: pulumi.Input<RolloutArgs>;
  /**
   * Whether another program joins the nodes, such as the sidecar of `CouchDiscover`. The resource then joins nothing; it
   * waits for the membership, and verifies it. A changed administrator it gives to the nodes even so. Not together with
   * `globalChanges: true` or `bindAddress`, which the other program decides. Default: false.
   */
  waitOnly?: pulumi.Input<boolean>;
  /** Any texts; when one of them changes, the cluster is verified again, and repaired. Default: none. */
  triggers?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Whether the cluster has the system database `_global_changes` (feed of all databases' changes). Default: false, as
   * in CouchDB since 3.0.
   */
  globalChanges?: pulumi.Input<boolean>;
  /** IP address, not localhost, on which nodes listen that so far listen on localhost only. Default: 0.0.0.0, all. */
  bindAddress?: pulumi.Input<string>;
  /**
   * Seconds until the cluster must be complete, 1 to 86,400. Default: 300. Nodes may start to answer within that time.
   * Nodes that answer but can't connect to each other are reported after 60.
   */
  timeoutSeconds?: pulumi.Input<number>;
}
