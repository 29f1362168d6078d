/** What of a pod is looked at. */
export interface Pod {
  metadata: {
    name: string;
    namespace: string;
    uid: string;
    resourceVersion: string;
    deletionTimestamp?: string;
    annotations?: Record<string, string>;
    labels?: Record<string, string>;
    ownerReferences?: OwnerReference[];
  };
  status?: { phase?: string; conditions?: { type: string; status: string }[] };
}

/** A pod's owner. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
}

/** The workload that replaces a pod that is deleted, if one does. */
export function ownerOf({ metadata }: Pod): OwnerReference | undefined {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  const replaces = owner?.apiVersion === "apps/v1" && ["StatefulSet", "ReplicaSet"].includes(owner.kind);
  return replaces ? owner : undefined;
}

/** Whether a pod has been asked to move. */
export function isMarked({ metadata }: Pod, { key, value }: { key: string; value: string }): boolean {
  return metadata.annotations?.[key] === value && metadata.deletionTimestamp === undefined;
}

/**
 * The pod of a workload to delete next: the first of those to be moved, once all others are ready and none is missing.
 * A pod that isn't ready itself may go before one that is. One that has ended, as after an eviction by its host, serves
 * nobody and never will: it may go at once, and is no peer of the others.
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
