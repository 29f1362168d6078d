import type { V1Endpoint, V1EndpointSlice } from "../../../clients/kubernetes/client-library";
import type { Json } from "../../../runtime/json";
import { type Identity, ordinalOf } from "./identity";

type Slices = readonly Json<V1EndpointSlice>[];

/**
 * The StatefulSet's pods among a Service's, by ordinal, with their uids, which tell one incarnation from the next. A
 * Service may have several slices; those of IPv4 and IPv6 list the same pods.
 */
export function podsIn(slices: Slices, identity: Identity): Map<number, string> {
  const { service, namespace } = identity;
  const found = endpointsIn(slices)
    // A pod that ends has no name in DNS any more, unless the Service publishes pods that are not ready.
    .filter((endpoint) => !(isTerminating(endpoint) && !isReady(endpoint)))
    .flatMap((endpoint) => {
      const { hostname, targetRef } = endpoint;
      const pod = targetRef?.name ?? hostname;
      const ordinal = pod === undefined ? undefined : ordinalOf(identity, `${pod}.${service}.${namespace}`);
      return ordinal === undefined ? [] : [{ ordinal, uid: targetRef?.uid ?? "", ends: isTerminating(endpoint) }];
    });
  // The successor of a pod that ends counts.
  const byEnd = found.toSorted((a, b) => Number(b.ends) - Number(a.ends));
  return new Map(byEnd.map(({ ordinal, uid }) => [ordinal, uid]));
}

/** Whether pods that are not ready get no name in DNS: with `publishNotReadyAddresses` all are `ready` here. */
export function hidesPods(slices: Slices): boolean {
  return endpointsIn(slices).some((endpoint) => !isReady(endpoint) && !isTerminating(endpoint));
}

/** Pods that are ready only when joined, and can be found only when ready, would wait forever. */
export function hiddenPods(service: string): string {
  return (
    `the Service ${service} gives pods that are not ready no name in DNS, and without one they can't be joined; ` +
    "set publishNotReadyAddresses: true in its spec"
  );
}

function endpointsIn(slices: Slices): Json<V1Endpoint>[] {
  return slices.flatMap(({ endpoints }) => endpoints ?? []);
}

/** Unknown counts as ready, as the API says. */
function isReady({ conditions }: Json<V1Endpoint>): boolean {
  return conditions?.ready ?? true;
}

function isTerminating({ conditions }: Json<V1Endpoint>): boolean {
  return conditions?.terminating ?? false;
}
