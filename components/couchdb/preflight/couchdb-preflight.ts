import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic/resource";
import type { CouchDbPreflightArgs } from "./args";
import type { PreflightInputs, PreflightOutputs } from "./inputs";

/**
 * What must be true, or be done, before pods of a cluster change. The StatefulSet depends on it.
 *
 * Rejects at preview what would give the nodes other names. When there are fewer replicas than before, it removes the
 * leaving nodes from the cluster's record while their pods still run; it fails, before anything changes, if one of them
 * has a shard.
 */
export class CouchDbPreflight extends DynamicResource<PreflightInputs, PreflightOutputs> {
  /**
   * How often nodes were removed from the record. The resource that joins nodes takes it as an argument: if an `up`
   * fails later, and the number of replicas is set back, the nodes must be joined again though nothing else has changed.
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
