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
