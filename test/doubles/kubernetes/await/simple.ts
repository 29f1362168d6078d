import { isDeepStrictEqual } from "node:util";
import { at, type JsonObject, textAt } from "../objects";
import { condition, type Look, quotedName } from "./look";

/** A Job is ready when it is complete; one that has failed is not waited for any longer. */
export function lookAtJob(job: JsonObject): Look & { failed?: string } {
  const failed = condition(job, "Failed");
  if (failed?.status === "True") {
    const reason = `[${textAt(failed, "reason")}] ${textAt(failed, "message")}`;
    return { ready: false, failed: reason, status: "", reasons: [reason] };
  }
  const ready = condition(job, "Complete")?.status === "True";
  return { ready, status: `Waiting for Job ${quotedName(job)} to succeed`, reasons: [] };
}

/** A claim is ready when it is bound, or pending where its class binds it only for a pod. */
export function lookAtClaim(claim: JsonObject, storageClass: JsonObject | undefined): Look {
  const isLate = storageClass?.volumeBindingMode === "WaitForFirstConsumer";
  return phase(claim, isLate ? ["Pending", "Bound"] : ["Bound"]);
}

export function lookAtVolume(volume: JsonObject): Look {
  return phase(volume, ["Available", "Bound"]);
}

function phase(object: JsonObject, wanted: readonly string[]): Look {
  const now = textAt(object, "status", "phase");
  const reasons = [`.status.phase is ${JSON.stringify(now)}`];
  return { ready: wanted.includes(now), status: `Waiting for ${wanted.join(" or ")}`, reasons };
}

export function lookAtQuota(quota: JsonObject): Look {
  const ready = isDeepStrictEqual(at(quota, "spec", "hard"), at(quota, "status", "hard"));
  return { ready, status: "Waiting for the quota to be observed", reasons: [] };
}

/** A token's Secret is filled by a controller; any other is ready at once. */
export function lookAtSecret(secret: JsonObject): Look {
  const isToken = secret.type === "kubernetes.io/service-account-token";
  const ready = !isToken || Object.keys((secret.data as JsonObject) ?? {}).length > 0;
  return { ready, status: "Waiting for the token", reasons: [] };
}
