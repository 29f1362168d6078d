import type { KubernetesApi } from "../../clients/kubernetes/api";
import { isTransientKubernetesError, kubernetesErrorText } from "../../clients/kubernetes/api-error";
import type { CoreV1Api } from "../../clients/kubernetes/client-library";
import { NotYet } from "../../reconcile/deadline";
import type { ClaimOwner } from "./inputs";

/** A volume claim of one node. */
export interface Claim {
  name: string;
  /** What it asks for. */
  size: string;
  /** What its volume has; follows the size once the storage, and then the file system, has grown. */
  capacity?: string;
  storageClass?: string;
  /** Whether it has its volume: one that has not can't be changed. */
  bound: boolean;
  /** What the storage says about growing it. */
  conditions: string[];
}

/** The claims of a StatefulSet's pods, those of pods that are gone too, in ordinal order. */
export async function claimsOf(core: CoreV1Api, owner: ClaimOwner): Promise<Claim[]> {
  const { namespace, statefulSet, claimTemplate: template } = owner;
  const { items } = await explained(owner, () => core.listNamespacedPersistentVolumeClaim({ namespace }));
  const prefix = `${template}-${statefulSet}-`;
  const ordinal = (name: string) => (name.startsWith(prefix) ? name.slice(prefix.length) : "");
  return (
    items
      // One that is being deleted makes room for a new one of the same name.
      .filter(({ metadata }) => /^\d+$/.test(ordinal(metadata?.name ?? "")) && !metadata?.deletionTimestamp)
      .map(({ metadata, spec, status }) => ({
        name: metadata?.name ?? "",
        size: spec?.resources?.requests?.storage ?? "",
        capacity: status?.capacity?.storage,
        storageClass: spec?.storageClassName,
        bound: status?.phase === "Bound",
        conditions: (status?.conditions ?? []).map(({ type, message }) => (message ? `${type}: ${message}` : type)),
      }))
      .sort((a, b) => Number(ordinal(a.name)) - Number(ordinal(b.name)))
  );
}

/** The size that the StatefulSet gives to claims which it makes from now on. */
export async function templateSizeOf({ apps }: KubernetesApi, owner: ClaimOwner): Promise<string | undefined> {
  const { namespace, statefulSet, claimTemplate: template } = owner;
  const { spec } = await explained(owner, () => apps.readNamespacedStatefulSet({ name: statefulSet, namespace }));
  const claim = spec?.volumeClaimTemplates?.find(({ metadata }) => metadata?.name === template);
  return claim?.spec?.resources?.requests?.storage;
}

/** By the status that the API server answers. */
const remedies: Readonly<Record<string, string>> = {
  403: "; let the user of the kubeconfig get statefulsets and list persistentvolumeclaims",
  404: "; check that the kubeconfig (`kubeconfig`, `context`) leads to the same cluster as the Kubernetes provider's",
};

async function explained<T>({ namespace, statefulSet }: ClaimOwner, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const text = `the volume claims of ${namespace}/${statefulSet} can't be looked at: ${kubernetesErrorText(error)}`;
    if (isTransientKubernetesError(error)) throw new NotYet(text);
    throw new Error(text + (remedies[String((error as { code?: unknown }).code)] ?? ""));
  }
}
