import type * as kubernetes from "@pulumi/kubernetes";

type PodSpec = kubernetes.types.input.core.v1.PodSpec;

/** How pods are spread over Kubernetes' hosts. */
export const Spread = {
  /** Never two on one host: a pod that finds no host of its own is not started. */
  Required: "required",
  /** On different hosts if there are enough. */
  Preferred: "preferred",
  /** Anywhere: for trials on one host. The loss of a host may be the loss of all copies. */
  None: "none",
} as const;
/** One of {@link Spread}. */
export type Spread = (typeof Spread)[keyof typeof Spread];

/** Label of hosts that usually names their zone. */
export const defaultZoneLabel = "topology.kubernetes.io/zone";

/**
 * How pods with these labels are kept apart: over hosts as far as `spread` requires, and evenly over zones as far as
 * these have room.
 */
export function spreadOf(
  spread: string,
  labels: Record<string, string>,
  zoneLabel: string = defaultZoneLabel,
): Pick<PodSpec, "affinity" | "topologySpreadConstraints"> {
  if (spread === Spread.None) return {};
  const labelSelector = { matchLabels: labels };
  const apart = { labelSelector, topologyKey: "kubernetes.io/hostname" };
  return {
    affinity: {
      podAntiAffinity:
        spread === Spread.Required
          ? { requiredDuringSchedulingIgnoredDuringExecution: [apart] }
          : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: apart }] },
    },
    topologySpreadConstraints: [
      // A zone without room must not keep a pod from running, nor a volume that is bound to another zone.
      { maxSkew: 1, topologyKey: zoneLabel, whenUnsatisfiable: "ScheduleAnyway", labelSelector },
    ],
  };
}
