import type { ResolvedInputs } from "../../dynamic/inputs";
import type { VolumeClaimsArgs } from "./args";

/** The arguments of `VolumeClaims`, resolved. */
export type VolumeClaimsInputs = ResolvedInputs<VolumeClaimsArgs>;

/** What names a StatefulSet's claims: its namespace, its name, and the template, the first part of every claim's name. */
export type ClaimOwner = Pick<VolumeClaimsInputs, "namespace" | "statefulSet" | "claimTemplate">;

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
