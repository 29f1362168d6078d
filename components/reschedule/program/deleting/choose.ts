import type { V1OwnerReference, V1Pod } from "../../../clients/kubernetes/client-library";
import type { Stored } from "../../../runtime/json";
import type { KeyValue } from "../settings";

/** A pod as the API server lists it. */
export type Pod = Stored<V1Pod>;

/** The workload whose controller replaces the pod once it is deleted, if there is one. */
export function ownerOf({ metadata }: Pod): V1OwnerReference | undefined {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  const replaces = owner?.apiVersion === "apps/v1" && ["StatefulSet", "ReplicaSet"].includes(owner.kind);
  return replaces ? owner : undefined;
}

/** Whether a pod has the annotation that asks for it to be moved, and is not being deleted yet. */
export function isMarked({ metadata }: Pod, { key, value }: KeyValue): boolean {
  return metadata.annotations?.[key] === value && metadata.deletionTimestamp === undefined;
}

/**
 * The pod of a workload to delete next: the first of those to be moved, once all others are ready and none is missing.
 * Pods that are not ready go first. A pod that has ended, as after an eviction by its host, will never serve again: it
 * goes at once, and does not count as a peer of the others. Pure.
 */
export function choose(all: readonly Pod[], replicas: number, isToMove: (pod: Pod) => boolean): Pod | undefined {
  const ended = all.find((pod) => hasEnded(pod) && isToMove(pod));
  if (ended) return ended;
  const pods = all.filter((pod) => !hasEnded(pod));
  if (pods.some(({ metadata }) => metadata.deletionTimestamp !== undefined)) return undefined;
  if (pods.length < replicas) return undefined;
  return pods
    .filter(isToMove)
    .sort((a, b) => Number(isReady(a)) - Number(isReady(b)) || compare(a.metadata.name, b.metadata.name))
    .find((candidate) => pods.every((pod) => pod === candidate || isReady(pod)));
}

function hasEnded({ status }: Pod): boolean {
  return status?.phase === "Failed" || status?.phase === "Succeeded";
}

function isReady({ status }: Pod): boolean {
  return status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True") ?? false;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
