import type * as pulumi from "@pulumi/pulumi";
import type { CouchDbConnectionArgs } from "../../clients/couchdb/connection";

/** Arguments of {@link CouchDbPreflight}. */
export interface CouchDbPreflightArgs {
  /** Name of the StatefulSet. Fixed for good. */
  statefulSet: pulumi.Input<string>;
  /** Its namespace. Fixed for good. */
  namespace: pulumi.Input<string>;
  /** Name of its headless Service. Fixed for good. */
  headlessService: pulumi.Input<string>;
  /** Domain of the Kubernetes cluster, usually `cluster.local`. Fixed for good. */
  clusterDomain: pulumi.Input<string>;
  /** Name of its volume claim template. */
  claimTemplate: pulumi.Input<string>;
  /** Number of nodes, 1 to 1000. */
  replicas: pulumi.Input<number>;
  /** Erlang names of all nodes in ordinal order, one for each replica. */
  nodeNames: pulumi.Input<pulumi.Input<string>[]>;
  /** How to reach the nodes: URLs of all of them, not only of some. Used only when nodes leave. State holds it encrypted. */
  connection: pulumi.Input<CouchDbConnectionArgs>;
  /** Seconds until leaving nodes must be removed from the cluster's record, 1 to 86,400. Default: 60. */
  timeoutSeconds?: pulumi.Input<number>;
}
