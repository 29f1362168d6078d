import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic/resource";
import type { VolumeClaimsArgs } from "./args";
import type { VolumeClaimsInputs, VolumeClaimsOutputs } from "./inputs";

/**
 * Makes the volume claims of a StatefulSet's pods at least as large as declared: a StatefulSet's claim template can't
 * change. Depends on the StatefulSet.
 *
 * Claims only grow; the API server's rejection (a StorageClass that can't grow, a quota) is reported in its own words.
 * The file system may follow later, with some storage only when the pod restarts. Destroying it leaves the claims alone.
 */
export class VolumeClaims extends DynamicResource<VolumeClaimsInputs, VolumeClaimsOutputs> {
  /** The size that each claim asks for, by its name. */
  declare readonly claims: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: VolumeClaimsArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      { handler: "volumeClaims", type: "VolumeClaims", outputs: ["claims"], secrets: ["kubernetes"] },
      name,
      args,
      opts,
    );
  }
}
