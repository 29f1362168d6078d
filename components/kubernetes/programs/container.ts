import type * as kubernetes from "@pulumi/kubernetes";
import { restrictedReadOnly } from "../security";
import type { MountedProgram } from "./mounted";

type Container = kubernetes.types.input.core.v1.Container;

/** The stock image that runs our programs. */
export const nodeImage = "node:22-slim";

/** User and group of Node.js' image. */
export const nodeUser = 1000;

/** A container that runs a program, besides what all of them have. */
export interface ProgramContainer
  extends Pick<
    Container,
    | "image"
    | "imagePullPolicy"
    | "ports"
    | "readinessProbe"
    | "livenessProbe"
    | "lifecycle"
    | "resources"
    | "securityContext"
  > {
  name: string;
  program: MountedProgram;
  /** Options of Node.js, such as limits of its memory. */
  nodeOptions: readonly string[];
  env: kubernetes.types.input.core.v1.EnvVar[];
  /** Mounts besides that of the program. */
  volumeMounts: kubernetes.types.input.core.v1.VolumeMount[];
}

/** The container that runs a program: restricted, and on the stock image unless another is given. */
export function programContainer({ program, nodeOptions, ...container }: ProgramContainer): Container {
  return {
    ...container,
    image: container.image ?? nodeImage,
    command: ["node", ...nodeOptions, program.path],
    // One heap for all threads: each more of them takes memory that is never given back.
    env: [...container.env, { name: "MALLOC_ARENA_MAX", value: "1" }],
    securityContext: container.securityContext ?? restrictedReadOnly,
    volumeMounts: [program.mount, ...container.volumeMounts],
  };
}
