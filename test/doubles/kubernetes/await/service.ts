import { type JsonObject, objectsAt, textAt } from "../objects";
import type { Look } from "./look";

/** A Service is ready when it has pods to send traffic to, for some seconds, and its load balancer has an address. */
export function lookAtService(service: JsonObject, endpoints: JsonObject | undefined): Look {
  const type = textAt(service, "spec", "type") || "ClusterIP";
  const isExposed = type !== "LoadBalancer" || objectsAt(service, "status", "loadBalancer", "ingress").length > 0;
  const needsNoPods = type === "ExternalName" || textAt(service, "spec", "clusterIP") === "None";
  if (needsNoPods) return { ready: isExposed, status: "", reasons: [] };

  const hasPods = objectsAt(endpoints, "subsets").length > 0;
  const reasons: string[] = [];
  if (!hasPods)
    reasons.push(
      "Service does not target any Pods. Selected Pods may not be ready, or field '.spec.selector' may not match labels on any Pods",
    );
  if (!isExposed) reasons.push("Service was not allocated an IP address; does your cloud provider support this?");
  return {
    ready: isExposed && hasPods,
    settling: textAt(endpoints, "metadata", "resourceVersion"),
    status: hasPods ? "[2/3] Attempting to allocate IP address to Service" : "[1/3] Finding Pods to direct traffic to",
    reasons,
  };
}

/** An Ingress is ready when its controller has given it an address and the Services that it names have endpoints. */
export function lookAtIngress(ingress: JsonObject, endpoints: readonly string[], external: readonly string[]): Look {
  const services = objectsAt(ingress, "spec", "rules")
    .flatMap((rule) => objectsAt(rule, "http", "paths"))
    .map((path) => textAt(path, "backend", "service", "name"))
    .filter((name) => name !== "" && !external.includes(name));
  const missing = services.filter((name) => !endpoints.includes(name));
  const isExposed = objectsAt(ingress, "status", "loadBalancer", "ingress").length > 0;
  const reasons: string[] = [];
  if (missing.length > 0) reasons.push("Ingress has at least one rule with an unavailable target endpoint.");
  if (!isExposed)
    reasons.push(
      "Ingress .status.loadBalancer field was not updated with a hostname/IP address. \n    for more information about this error, see https://pulumi.io/xdv72s",
    );
  return {
    // A Service that is still missing when nothing has changed for a while may never come, which is not an error.
    ready: isExposed,
    settling: missing.length > 0 ? missing.join(",") : undefined,
    status: "[1/3] Finding a matching service for each Ingress path",
    reasons,
  };
}
