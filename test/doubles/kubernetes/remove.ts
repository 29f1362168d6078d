import { setTimeout as sleep } from "node:timers/promises";
import { isNotFound } from "./api-error";
import { type Cluster, get } from "./apply";
import { pathOf } from "./discovery";
import { annotationOf, apiVersionOf, isAnnotatedTrue, type JsonObject, kindOf, nameOf, namespaceOf } from "./objects";

/** The kinds that a `skipAwait` annotation keeps from being waited for when they go. */
const MAY_SKIP = new Set([
  "apps/v1/DaemonSet",
  "apps/v1/Deployment",
  "apps/v1/StatefulSet",
  "batch/v1/Job",
  "v1/Namespace",
  "v1/Pod",
  "v1/ReplicationController",
]);

const POLL_MS = 250;

/** Deletes the object and waits until it is gone; returns what is left of it where it does not go in time. */
export async function remove(
  cluster: Cluster,
  object: JsonObject,
  inputs: JsonObject,
  timeoutSeconds: number,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  try {
    const path = pathOf(await cluster.discovery.kindOf(object), namespaceOf(object), nameOf(object));
    const body = { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: propagationPolicy(inputs) };
    await cluster.server.ask({ method: "DELETE", path, body });
    const kind = `${apiVersionOf(inputs)}/${kindOf(inputs)}`;
    if (isAnnotatedTrue(inputs, "pulumi.com/skipAwait") && MAY_SKIP.has(kind)) return undefined;
    const deadline = Date.now() + timeoutSeconds * 1000;
    for (;;) {
      const live = await get(cluster, object);
      if (Date.now() > deadline || signal.aborted) return live;
      await sleep(POLL_MS);
    }
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function propagationPolicy(inputs: JsonObject): string {
  const policy = annotationOf(inputs, "pulumi.com/deletionPropagationPolicy").toLowerCase();
  return policy === "orphan" ? "Orphan" : policy === "background" ? "Background" : "Foreground";
}
