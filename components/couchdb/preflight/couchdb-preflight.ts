import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic/resource";
import type { CouchDbConnectionArgs } from "../membership/couchdb-membership";
import type { PreflightInputs, PreflightOutputs } from "./inputs";

/** Arguments of {@link CouchDbPreflight}. */
export interface CouchDbPreflightArgs {
  /** Name of the StatefulSet. Fixed for good. */
  statefulSet: pulumi.Input<string>;
  /** Its namespace. Fixed for good. */
  namespace: pulumi.Input<string>;
  /** Name of its headless Service. Fixed for good. */
  headlessService: pulumi.Input<string>;
  /** Domain of the Kubernetes cluster, `cluster.local` as a rule. Fixed for good. */
  clusterDomain: pulumi.Input<string>;
  /** Name of its volume claim template. */
  claimTemplate: pulumi.Input<string>;
  /** Number of nodes, at least 1. */
  replicas: pulumi.Input<number>;
  /** Erlang names of all nodes in ordinal order, one for each replica. */
  nodeNames: pulumi.Input<pulumi.Input<string>[]>;
  /** How to reach the nodes: URLs of all of them, not only of some. Asked only when nodes leave. A secret. */
  connection: pulumi.Input<CouchDbConnectionArgs>;
  /** Seconds until leaving nodes must be off the record. Default: 60. */
  timeoutSeconds?: pulumi.Input<number>;
}

/**
 * What must be true, or be done, before pods of a cluster change. The StatefulSet depends on it.
 *
 * Refuses at preview what would give the nodes other names. When there are fewer replicas than before, it takes the
 * leaving nodes off the cluster's record while their pods still run, and refuses, before anything is changed, where a
 * shard lives on one of them.
 */
export class CouchDbPreflight extends DynamicResource<PreflightInputs, PreflightOutputs> {
  /**
   * How often nodes were struck off the record. Whoever joins nodes takes it as an argument: where an `up` fails after
   * it, and the number of replicas is set back, the nodes must be joined again though nothing else has changed.
   */
  declare readonly removals: pulumi.Output<number>;

  constructor(name: string, args: CouchDbPreflightArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      { handler: "couchDbPreflight", type: "CouchDbPreflight", outputs: ["removals"], secrets: ["connection"] },
      name,
      args,
      opts,
    );
  }
}
