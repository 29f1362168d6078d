import { isNotFound } from "../api-error";
import { type Cluster, get, list } from "../apply";
import { type JsonObject, nameOf, namespaceOf, textAt } from "../objects";
import { lookAtDeployment } from "./deployment";
import type { Look } from "./look";
import { lookAtPod } from "./pod";
import { lookAtIngress, lookAtService } from "./service";
import { lookAtClaim, lookAtJob, lookAtQuota, lookAtSecret, lookAtVolume } from "./simple";
import { lookAtStatefulSet } from "./stateful-set";

/** How objects of a kind are waited for. */
export interface Awaiter {
  timeoutSeconds: number;
  /** Whether a refresh, too, tells that the object is not ready. */
  onRead: boolean;
  look(cluster: Cluster, live: JsonObject): Promise<Look & { failed?: string }>;
}

const TEN_MINUTES = 600;
const FIVE_MINUTES = 300;

/** The kinds that are waited for; all others are ready as soon as they are there. */
export const AWAITERS: Readonly<Record<string, Awaiter>> = {
  "apps/v1/Deployment": {
    timeoutSeconds: TEN_MINUTES,
    onRead: true,
    async look(cluster, live) {
      const namespace = namespaceOf(live);
      const [replicaSets, pods, claims] = await Promise.all([
        list(cluster, "apps/v1", "ReplicaSet", namespace),
        list(cluster, "v1", "Pod", namespace),
        list(cluster, "v1", "PersistentVolumeClaim", namespace),
      ]);
      return lookAtDeployment(live, { replicaSets, pods, claims });
    },
  },
  "apps/v1/StatefulSet": {
    timeoutSeconds: TEN_MINUTES,
    onRead: true,
    look: async (cluster, live) => lookAtStatefulSet(live, await list(cluster, "v1", "Pod", namespaceOf(live))),
  },
  "batch/v1/Job": { timeoutSeconds: TEN_MINUTES, onRead: true, look: async (_, live) => lookAtJob(live) },
  "networking.k8s.io/v1/Ingress": {
    timeoutSeconds: TEN_MINUTES,
    onRead: true,
    async look(cluster, live) {
      const endpoints = await list(cluster, "v1", "Endpoints", namespaceOf(live));
      const services = await list(cluster, "v1", "Service", namespaceOf(live));
      const external = services.filter((service) => textAt(service, "spec", "type") === "ExternalName");
      return lookAtIngress(live, endpoints.map(nameOf), external.map(nameOf));
    },
  },
  "v1/PersistentVolume": { timeoutSeconds: FIVE_MINUTES, onRead: false, look: async (_, live) => lookAtVolume(live) },
  "v1/PersistentVolumeClaim": {
    timeoutSeconds: FIVE_MINUTES,
    onRead: false,
    async look(cluster, live) {
      const name = textAt(live, "spec", "storageClassName");
      return lookAtClaim(live, name ? await find(cluster, "storage.k8s.io/v1", "StorageClass", "", name) : undefined);
    },
  },
  "v1/Pod": { timeoutSeconds: TEN_MINUTES, onRead: true, look: async (_, live) => lookAtPod(live) },
  "v1/ResourceQuota": { timeoutSeconds: 60, onRead: false, look: async (_, live) => lookAtQuota(live) },
  "v1/Secret": { timeoutSeconds: 5, onRead: false, look: async (_, live) => lookAtSecret(live) },
  "v1/Service": {
    timeoutSeconds: TEN_MINUTES,
    onRead: true,
    async look(cluster, live) {
      return lookAtService(live, await find(cluster, "v1", "Endpoints", namespaceOf(live), nameOf(live)));
    },
  },
};

async function find(cluster: Cluster, apiVersion: string, kind: string, namespace: string, name: string) {
  try {
    return await get(cluster, { apiVersion, kind, metadata: { namespace, name } });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
