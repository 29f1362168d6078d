import { eventually } from "../eventually";
import type { TestCluster } from "../testbed";

/** Of a pod, as kubectl or the client library has it, what tells whether it is ready. */
interface Readiness {
  metadata?: { deletionTimestamp?: string | Date };
  status?: { conditions?: { type: string; status: string }[] };
}

/** Whether a pod is ready and not about to end. */
export function isReady({ metadata, status }: Readiness): boolean {
  const condition = status?.conditions?.find(({ type }) => type === "Ready");
  return metadata?.deletionTimestamp === undefined && condition?.status === "True";
}

interface Counted {
  metadata: { generation: number };
  status: { observedGeneration?: number; readyReplicas?: number };
}

/** Waits until a StatefulSet, as it is declared now, has so many pods ready. */
export async function allReady(api: TestCluster, namespace: string, name: string, replicas: number): Promise<void> {
  await eventually(`${replicas} pods are ready`, async () => {
    const { metadata, status } = await api.get<Counted>(namespace, "statefulset", name);
    return status.observedGeneration === metadata.generation && status.readyReplicas === replicas;
  });
}
