import type * as kubernetes from "@pulumi/kubernetes";
import { Spread } from "./args";

type PodSpec = kubernetes.types.input.core.v1.PodSpec;

/** How pods with these labels are kept apart. */
export function spreadOf(
  spread: string,
  labels: Record<string, string>,
  zoneLabel: string,
): Pick<PodSpec, "affinity" | "topologySpreadConstraints"> {
  if (spread === Spread.None) return {};
  const apart = { labelSelector: { matchLabels: labels }, topologyKey: "kubernetes.io/hostname" };
  return {
    affinity: {
      podAntiAffinity:
        spread === Spread.Required
          ? { requiredDuringSchedulingIgnoredDuringExecution: [apart] }
          : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: apart }] },
    },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: zoneLabel,
        // A zone without room must not keep a node from running, nor a volume that is bound to another zone.
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: labels },
      },
    ],
  };
}
