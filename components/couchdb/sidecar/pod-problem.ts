import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { containerName } from "./pod-spec";

type PodSpec = pulumi.Unwrap<kubernetes.types.input.core.v1.PodSpec>;

/** Why the container can't be added to these pods, if it can't. */
export function podProblem(podSpec: PodSpec, serviceAccountName: string, port: number): string | undefined {
  if (!Array.isArray(podSpec?.containers)) return "it has no containers; give the container that runs CouchDB";
  const containers = [...podSpec.containers, ...(podSpec.initContainers ?? [])];
  if (containers.some(({ name }) => name === containerName))
    return `it has a container named ${containerName} already; leave that one out`;

  // With another account the pods would lose their rights.
  const account = podSpec.serviceAccountName ?? podSpec.serviceAccount;
  if (account && account !== serviceAccountName)
    return `its pods run as the ServiceAccount ${account}; give it as serviceAccountName too, so that it gets the rights that the container needs`;

  const other = containers.find(({ ports = [] }) => ports.some(({ containerPort }) => containerPort === port));
  if (other)
    return `its container ${other.name} has port ${port}, on which ${containerName} reports whether it is ready; give another port`;
  return undefined;
}
