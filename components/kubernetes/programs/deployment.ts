import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ObjectMetadata } from "../metadata";
import { type ProgramPod, programPod } from "./pod";

/** A program that runs all the time, in several pods alike. */
export interface ProgramDeployment {
  metadata: ObjectMetadata;
  /** Labels by which its pods are found. */
  selector: Record<string, string>;
  replicas: pulumi.Input<number>;
  pod: Omit<ProgramPod, "apartFrom">;
}

/**
 * Declares the Deployment of a program, with as many pods ready as declared also while they are replaced, and its
 * PodDisruptionBudget.
 */
export function declareDeployment(
  name: string,
  { metadata, selector, replicas, pod }: ProgramDeployment,
  opts: pulumi.CustomResourceOptions,
  dependsOn: pulumi.Resource[],
): kubernetes.apps.v1.Deployment {
  const deployment = new kubernetes.apps.v1.Deployment(
    name,
    {
      metadata: metadata.of(name),
      spec: {
        replicas,
        revisionHistoryLimit: 2,
        selector: { matchLabels: selector },
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: { metadata: metadata.ofPods(), spec: programPod({ ...pod, apartFrom: selector }) },
      },
    },
    { ...opts, dependsOn },
  );
  new kubernetes.policy.v1.PodDisruptionBudget(
    name,
    {
      metadata: metadata.of(name),
      spec: {
        maxUnavailable: 1,
        // A pod that is not ready serves no requests: it must not hold up a drain.
        unhealthyPodEvictionPolicy: "AlwaysAllow",
        selector: { matchLabels: selector },
      },
    },
    opts,
  );
  return deployment;
}
