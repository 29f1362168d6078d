import { type Identity, ordinalOf } from "./identity";
import type { Endpoints } from "./kubernetes";

/** The StatefulSet's pods among a Service's, by ordinal, with what tells one incarnation from the next. */
export function podsIn({ subsets = [] }: Endpoints, identity: Identity): Map<number, string> {
  const addresses = subsets.flatMap(({ addresses = [], notReadyAddresses = [] }) => [
    ...addresses,
    ...notReadyAddresses,
  ]);
  const { service, namespace } = identity;
  const pods = addresses.flatMap(({ hostname, targetRef }) => {
    const pod = targetRef?.name ?? hostname;
    const ordinal = pod === undefined ? undefined : ordinalOf(identity, `${pod}.${service}.${namespace}`);
    return ordinal === undefined ? [] : [[ordinal, targetRef?.uid ?? ""] as const];
  });
  return new Map(pods);
}

/** Whether pods that are not ready get no name in DNS: with `publishNotReadyAddresses` all count as ready here. */
export function hidesPods({ subsets = [] }: Endpoints): boolean {
  return subsets.some(({ notReadyAddresses = [] }) => notReadyAddresses.length > 0);
}

/** Pods that are ready only when joined, and can be found only when ready, would wait for ever. */
export function hiddenPods(service: string): string {
  return (
    `the Service ${service} gives pods that are not ready no name in DNS, and without one they can't be joined; ` +
    "set publishNotReadyAddresses: true in its spec"
  );
}
