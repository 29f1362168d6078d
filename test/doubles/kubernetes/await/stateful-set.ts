import { type JsonObject, numberAt, textAt } from "../objects";
import { count, isOwnedBy, type Look } from "./look";
import { podsReasons } from "./pod";

/** A StatefulSet is ready when all replicas are, and are of the revision that was asked for. */
export function lookAtStatefulSet(set: JsonObject, pods: readonly JsonObject[]): Look {
  const generation = numberAt(set, "metadata", "generation") ?? 0;
  const wanted = count(numberAt(set, "spec", "replicas"));
  const status = (key: string) => count(numberAt(set, "status", key));
  const current = textAt(set, "status", "currentRevision");
  const update = textAt(set, "status", "updateRevision");
  const isObserved = status("observedGeneration") >= generation;

  const isUpdatedByHand = generation > 1 && textAt(set, "spec", "updateStrategy", "type") === "OnDelete";
  const allReady = wanted === status("replicas") && wanted === status("readyReplicas");
  const replicasReady = isObserved && allReady && (isUpdatedByHand || wanted === status("currentReplicas"));
  const revisionReady = isObserved && (isUpdatedByHand || (current !== "" && current === update));

  // While an update rolls out, ready pods may be of the former revision.
  const done = revisionReady ? status("readyReplicas") : Math.min(status("readyReplicas"), status("updatedReplicas"));
  const reasons: string[] = [];
  if (!replicasReady) reasons.push(`${done} out of ${wanted} replicas succeeded readiness checks`);
  if (!revisionReady)
    reasons.push(
      `StatefulSet controller failed to advance from revision ${JSON.stringify(current)} to revision ${JSON.stringify(update)}`,
    );
  reasons.push(...podsReasons(pods.filter((pod) => isOwnedBy(pod, set))));
  return { ready: replicasReady && revisionReady, status: progress(), reasons };

  function progress(): string {
    if (generation <= 1) return `[1/2] Waiting for StatefulSet to create Pods (${done}/${wanted} Pods ready)`;
    if (!replicasReady) return `[1/3] Waiting for StatefulSet update to roll out (${done}/${wanted} Pods ready)`;
    return "[2/3] Waiting for StatefulSet to update .status.currentRevision";
  }
}
