import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic/resource";
import type { KubernetesAccessArgs } from "../membership/couchdb-membership";
import type { VolumeClaimsInputs, VolumeClaimsOutputs } from "./inputs";

/** Arguments of {@link VolumeClaims}. */
export interface VolumeClaimsArgs {
  /** Namespace of the StatefulSet. */
  namespace: pulumi.Input<string>;
  /** Name of the StatefulSet. */
  statefulSet: pulumi.Input<string>;
  /** Name of its volume claim template. */
  claimTemplate: pulumi.Input<string>;
  /** Number of its pods. */
  replicas: pulumi.Input<number>;
  /** Size that each claim asks for at least, as a Kubernetes quantity: `10Gi`. Can grow, never shrink. */
  size: pulumi.Input<string>;
  /** StorageClass of the claim template. Fixed for good. Default: the cluster's default class. */
  storageClass?: pulumi.Input<string>;
  /** The Kubernetes cluster. A secret. Default: the ambient one (`KUBECONFIG`, `~/.kube/config`, a pod's own). */
  kubernetes?: pulumi.Input<KubernetesAccessArgs>;
  /** Seconds until every claim that has to grow must be there and have taken its new size. Default: 300. */
  timeoutSeconds?: pulumi.Input<number>;
}

/**
 * Makes the volume claims of a StatefulSet's pods at least as large as declared: its own claim template can't change
 * once it is made. Depends on the StatefulSet.
 *
 * Claims only ever grow; what the API server refuses (a StorageClass that can't, a quota) is told in its own words. The
 * file system may follow later, with some storage only when the pod restarts. Destroying it leaves the claims alone.
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
