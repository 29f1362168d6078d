import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { AdminSecretArgs } from "../credentials/admin-secret";

/** Arguments of {@link CouchDiscover}. */
export interface CouchDiscoverArgs {
  /** Spec of the pods that run CouchDB, to which the container is added. */
  podSpec: pulumi.Input<kubernetes.types.input.core.v1.PodSpec>;
  /** Name of the StatefulSet that gets the pod spec. The names of its pods, and of the objects made here, begin with it. */
  statefulSet: pulumi.Input<string>;
  /**
   * Name of the StatefulSet's headless Service (`serviceName`). It must have `publishNotReadyAddresses: true`, as pods
   * are ready only when their nodes are joined.
   */
  headlessService: pulumi.Input<string>;
  /** Namespace of the StatefulSet. Default: the Kubernetes provider's, usually `default`. */
  namespace?: pulumi.Input<string>;
  /**
   * Secret with the administrator's name and password, mounted as files into this container alone: the program takes a new
   * password while running, and needs no right to read Secrets. Default: none; it reads the environment of CouchDB's
   * container from the StatefulSet.
   */
  adminSecret?: AdminSecretArgs;
  /** Secrets that the program may read besides those that the variables of CouchDB's container refer to. Default: none. */
  secretNames?: pulumi.Input<pulumi.Input<string>[]>;
  /** ConfigMaps that the program may read besides those that the variables refer to. Default: none. */
  configMapNames?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Port of `/ready` and `/health`, 1 to 65535. The containers of a pod share their ports: give one that no other has.
   * Default: 8080.
   */
  port?: pulumi.Input<number>;
  /** Image with Node.js 20 or newer. Default: `node:22-slim`. */
  image?: pulumi.Input<string>;
  /** How much the program logs, one of `LogLevel`. Default: `info`. */
  logLevel?: pulumi.Input<string>;
  /** Number of nodes, 1 to 9999. Default: the StatefulSet's replicas, also when they change. */
  replicas?: pulumi.Input<number>;
  /** Domain of the Kubernetes cluster. Default: that of the pod's own name, usually `cluster.local`. */
  clusterDomain?: pulumi.Input<string>;
  /**
   * Existing ServiceAccount that the pods run as; it gets the rights that the container needs. Its token is mounted into
   * no other container, unless the pod spec has `automountServiceAccountToken: true`. Default: a new one,
   * `STATEFULSET-discover`.
   */
  serviceAccountName?: pulumi.Input<string>;
  /** CPU and memory of the container. Default: requests of 10m and 64Mi, a limit of 64Mi memory. */
  resources?: pulumi.Input<kubernetes.types.input.core.v1.ResourceRequirements>;
  /**
   * Security of the container. Default: what the restricted Pod Security Standard requires, and user and group 1000 if the
   * pod sets no user or root; give one without `runAsUser` where the platform chooses the user.
   */
  securityContext?: pulumi.Input<kubernetes.types.input.core.v1.SecurityContext>;
  /** Labels on every object, besides the recommended `app.kubernetes.io/…`. Default: none. */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Annotations on every object. Default: none. */
  annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
