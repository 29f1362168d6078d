import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { AdminSecretArgs } from "../credentials/admin-secret";

/** Arguments of {@link CouchDiscover}. */
export interface CouchDiscoverArgs {
  /** Spec of the pods that run CouchDB: the container is added to it. */
  podSpec: pulumi.Input<kubernetes.types.input.core.v1.PodSpec>;
  /** Name of the StatefulSet that gets the pod spec. Its pods' names, and the names of what is made here, follow from it. */
  statefulSet: pulumi.Input<string>;
  /**
   * Name of the StatefulSet's headless Service (`serviceName`). It must have `publishNotReadyAddresses: true`, as pods
   * are ready only when their nodes are joined.
   */
  headlessService: pulumi.Input<string>;
  /** Namespace of the StatefulSet. Default: the Kubernetes provider's, as a rule `default`. */
  namespace?: pulumi.Input<string>;
  /**
   * Secret with the administrator's name and password, mounted as files into this container alone: a changed password is
   * picked up while running, and no right to read Secrets is needed. Default: none; the environment of CouchDB's
   * container is read from the StatefulSet.
   */
  adminSecret?: AdminSecretArgs;
  /**
   * Secrets that may be read besides those from which CouchDB's container has the variables that are looked up.
   * Default: none.
   */
  secretNames?: pulumi.Input<pulumi.Input<string>[]>;
  /** The same of ConfigMaps. Default: none. */
  configMapNames?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Port of `/ready` and `/health`. The containers of a pod share their ports: take one that no other has. Default: 8080.
   */
  port?: pulumi.Input<number>;
  /** Image with Node.js 20 or newer. Default: `node:22-slim`. */
  image?: pulumi.Input<string>;
  /** `debug`, `info`, `warning` or `error`. Default: `info`. */
  logLevel?: pulumi.Input<string>;
  /** Number of nodes, 1 to 9999. Default: the StatefulSet's replicas, which are followed as they change. */
  clusterSize?: pulumi.Input<number>;
  /** Domain of the Kubernetes cluster. Default: as the pod's own name has it, `cluster.local` in most clusters. */
  clusterDomain?: pulumi.Input<string>;
  /**
   * Existing ServiceAccount that the pods run as; it gets the rights that the container needs. Its token is mounted into
   * no other container, unless the pod spec has `automountServiceAccountToken: true`. Default: one is made, named after
   * the StatefulSet.
   */
  serviceAccountName?: pulumi.Input<string>;
  /** CPU and memory of the container. Default: requests of 10m and 64Mi, a limit of 64Mi memory. */
  resources?: pulumi.Input<kubernetes.types.input.core.v1.ResourceRequirements>;
  /**
   * Security of the container. Default: what the restricted Pod Security Standard asks for, and user and group 1000 where
   * the pod has no user of its own other than root; give one without `runAsUser` where the platform chooses it.
   */
  securityContext?: pulumi.Input<kubernetes.types.input.core.v1.SecurityContext>;
  /** Labels on what is made. Default: none. */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Annotations on what is made. Default: none. */
  annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
