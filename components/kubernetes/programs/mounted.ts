import type * as kubernetes from "@pulumi/kubernetes";

type Container = kubernetes.types.input.core.v1.Container;
type Volume = kubernetes.types.input.core.v1.Volume;
type VolumeMount = kubernetes.types.input.core.v1.VolumeMount;

/** A packed program, as a pod mounts it and a container runs it. */
export interface MountedProgram {
  /** Path of the program's file in the container. */
  path: string;
  /** The container's mount of the folder that the file is in. */
  mount: VolumeMount;
  /** Volumes that the pod needs for it. */
  volumes: Volume[];
  /** What must run in the pod before the container. */
  initContainers: Container[];
}

/** Where a program is mounted. */
export interface MountPlace {
  /** Name of the volume. */
  volume: string;
  /** Folder in the container. */
  folder: string;
}
