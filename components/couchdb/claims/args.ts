import type * as pulumi from "@pulumi/pulumi";
import type { KubernetesAccessArgs } from "../../clients/kubernetes/access";

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
  /** The Kubernetes cluster. State holds it encrypted. Default: the ambient one (`KUBECONFIG`, `~/.kube/config`, a pod's own). */
  kubernetes?: pulumi.Input<KubernetesAccessArgs>;
  /** Seconds until every claim that must grow exists and has its new size, 1 to 86,400. Default: 300. */
  timeoutSeconds?: pulumi.Input<number>;
}
