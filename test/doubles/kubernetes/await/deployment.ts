import { annotationOf, type JsonObject, nameOf, numberAt, objectsAt, textAt } from "../objects";
import { condition, count, isOwnedBy, type Look } from "./look";
import { podsReasons } from "./pod";

const REVISION = "deployment.kubernetes.io/revision";

/** What belongs to a Deployment, of its whole namespace. */
export interface DeploymentParts {
  replicaSets: readonly JsonObject[];
  pods: readonly JsonObject[];
  claims: readonly JsonObject[];
}

/** A Deployment is ready when it is available and the ReplicaSet of its current revision has all its pods. */
export function lookAtDeployment(deployment: JsonObject, { replicaSets, pods, claims }: DeploymentParts): Look {
  const observed = count(numberAt(deployment, "status", "observedGeneration"));
  const isObserved = observed >= count(numberAt(deployment, "metadata", "generation"));
  const revision = annotationOf(deployment, REVISION);
  const replicaSet = replicaSets.find(
    (set) => isOwnedBy(set, deployment) && annotationOf(set, REVISION) === revision && revision !== "",
  );
  const available = condition(deployment, "Available");
  const progressing = condition(deployment, "Progressing");
  const isAvailable = available?.status === "True";
  const hasRolledOut =
    revision === "1" || (progressing?.status === "True" && progressing.reason === "NewReplicaSetAvailable");
  const wanted = numberAt(replicaSet, "spec", "replicas") ?? 1;
  const done = count(numberAt(replicaSet, "status", "readyReplicas"));
  const hasPods = replicaSet !== undefined && done >= wanted;
  const unbound = unboundClaims(deployment, claims);

  const reasons = [available, progressing]
    .filter((one) => one && one.status !== "True" && one.reason && one.message)
    .map((one) => `[${textAt(one, "reason")}] ${textAt(one, "message")}`);
  if (unbound.length > 0) reasons.push(`Failed to bind PersistentVolumeClaim(s): ${JSON.stringify(unbound.join(","))}`);
  if (!isAvailable) reasons.push("Minimum number of live Pods was not attained");
  else if (!hasRolledOut || (revision === "1" && !hasPods))
    reasons.push("Minimum number of Pods to consider the application live was not attained");
  else if (!hasPods)
    reasons.push("Attempted to roll forward to new ReplicaSet, but minimum number of Pods did not become live");
  if (replicaSet) reasons.push(...podsReasons(pods.filter((pod) => isOwnedBy(pod, replicaSet))));
  return {
    ready: isObserved && isAvailable && hasRolledOut && hasPods && unbound.length === 0,
    status: `Waiting for app ReplicaSet to be available (${done}/${wanted} Pods available)`,
    reasons,
  };
}

function unboundClaims(deployment: JsonObject, claims: readonly JsonObject[]): string[] {
  const named = objectsAt(deployment, "spec", "template", "spec", "volumes").map((volume) =>
    textAt(volume, "persistentVolumeClaim", "claimName"),
  );
  return claims
    .filter((claim) => named.includes(nameOf(claim)) && textAt(claim, "status", "phase") !== "Bound")
    .map(nameOf);
}
