import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { imagePullSecretsOf } from "../image-pull";
import { restrictedPod } from "../security";
import { Spread, spreadOf } from "../spread";
import { nodeUser, type ProgramContainer, programContainer } from "./container";

type PodSpec = kubernetes.types.input.core.v1.PodSpec;

/** The arguments of a component that say where its program's pods run. */
export interface PlacementArgs {
  imagePullSecrets?: pulumi.Input<pulumi.Input<string>[]>;
  nodeSelector?: PodSpec["nodeSelector"];
  tolerations?: PodSpec["tolerations"];
  priorityClassName?: PodSpec["priorityClassName"];
}

/** A pod that runs a program. */
export interface ProgramPod {
  container: ProgramContainer;
  placement: PlacementArgs;
  /** ServiceAccount whose token the program has. */
  serviceAccountName: pulumi.Input<string>;
  /** Labels of the pods that are kept apart, if there are several. */
  apartFrom?: Record<string, string>;
  terminationGracePeriodSeconds?: pulumi.Input<number>;
  /** Volumes besides those of the program. */
  volumes: kubernetes.types.input.core.v1.Volume[];
}

/** The pod of a program. Passes the restricted Pod Security Standard. */
export function programPod(pod: ProgramPod): PodSpec {
  const { container, placement, apartFrom } = pod;
  const { program } = container;
  return {
    serviceAccountName: pod.serviceAccountName,
    automountServiceAccountToken: true,
    // Otherwise a Service named "metrics" would set METRICS_PORT, which may be a setting of the program.
    enableServiceLinks: false,
    imagePullSecrets: imagePullSecretsOf(placement.imagePullSecrets),
    nodeSelector: placement.nodeSelector,
    tolerations: placement.tolerations,
    priorityClassName: placement.priorityClassName,
    // A drain of one host then leaves the pods on others.
    ...(apartFrom && spreadOf(Spread.Preferred, apartFrom)),
    terminationGracePeriodSeconds: pod.terminationGracePeriodSeconds,
    securityContext: restrictedPod(nodeUser),
    ...(program.initContainers.length > 0 && { initContainers: program.initContainers }),
    containers: [programContainer(container)],
    volumes: [...program.volumes, ...pod.volumes],
  };
}
