import type { KubernetesAccess } from "../../clients/kubernetes/access";

/** Whose claims are meant. */
export interface ClaimOwner {
  namespace: string;
  statefulSet: string;
  /** Name of the volume claim template, the first part of every claim's name. */
  claimTemplate: string;
}

/** The arguments of `VolumeClaims`, resolved. Their meaning is documented at the resource. */
export interface VolumeClaimsInputs extends ClaimOwner {
  replicas: number;
  size: string;
  storageClass?: string;
  kubernetes?: KubernetesAccess;
  timeoutSeconds?: number;
}

/** What state keeps of `VolumeClaims`. */
export interface VolumeClaimsOutputs extends VolumeClaimsInputs {
  /** The size that each claim asks for, by its name. */
  claims: Record<string, string>;
}

/** Names of the claims in ordinal order. */
export function claimNames({
  claimTemplate: template,
  statefulSet,
  replicas,
}: ClaimOwner & { replicas: number }): string[] {
  return Array.from({ length: replicas }, (_, ordinal) => `${template}-${statefulSet}-${ordinal}`);
}
