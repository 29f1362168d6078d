import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { KubernetesAccessArgs } from "../../clients/kubernetes/access";
import type { AdminSecretArgs } from "../credentials/admin-secret";
import type { CouchDbCredentialsArgs } from "../credentials/args";
import type { ClusterIngressArgs, ClusterNetworkPolicyArgs, ClusterServiceArgs, ClusterTlsArgs } from "./network-args";
import type { ClusterProbesArgs, SidecarArgs } from "./pod-args";

/** Who makes the nodes one cluster. */
export const Join = {
  /** The resource `CouchDbMembership`, during `pulumi up`, through port-forwards. */
  Provider: "provider",
  /** A container beside CouchDB in every pod, at any time; `pulumi up` waits for it and verifies. */
  Sidecar: "sidecar",
} as const;
/** One of {@link Join}. */
export type Join = (typeof Join)[keyof typeof Join];

/** Arguments of {@link CouchDbCluster}. */
export interface CouchDbClusterArgs {
  /** Namespace, which must exist. Can't change. Default: the Kubernetes provider's, usually `default`. */
  namespace?: pulumi.Input<string>;
  /**
   * Number of nodes, 1 to 1000. Default: 3, of which any one may be down. Additional nodes join the cluster; fewer nodes
   * are rejected while a database has a shard on a node that would go. Databases keep their shards where they were
   * created: only system databases get copies on nodes that join. Below 3 the PodDisruptionBudget lets no pod be evicted.
   */
  replicas?: pulumi.Input<number>;
  /**
   * CouchDB's image by tag or digest; 3.2.2 or newer, as older versions let anybody in (CVE-2022-24706).
   * Default: `couchdb:3.5.1`. A change restarts the nodes one by one.
   */
  image?: pulumi.Input<string>;
  /** When the image is pulled: `Always`, `IfNotPresent` or `Never`. Default: Kubernetes decides by the tag. */
  imagePullPolicy?: pulumi.Input<string>;
  /** Names of the Secrets for pulling the images. Default: none. */
  imagePullSecrets?: pulumi.Input<pulumi.Input<string>[]>;
  /** Who joins the nodes, one of `Join`. Default: `provider`. */
  join?: string;
  /** The container that joins the nodes; only with `join: "sidecar"`. Default: the defaults of its fields. */
  sidecar?: SidecarArgs;

  /** Size of each node's volume as a Kubernetes quantity. Can grow, never shrink. Default: `10Gi`. */
  storageSize?: pulumi.Input<string>;
  /** StorageClass of the volumes. Can't change. Default: the cluster's default class. */
  storageClass?: pulumi.Input<string>;
  /** Whether to keep the volumes, with their data, when the cluster is destroyed. Default: true. */
  keepVolumes?: pulumi.Input<boolean>;

  /**
   * The administrator and shared secrets of all nodes: give `adminPassword`, `erlangCookie`, `cookieSecret` or `uuid` to
   * bring in those of an existing cluster, `keepers` to rotate. A new `erlangCookie` divides the cluster until every node
   * has been restarted; with the sidecar, delete all pods at once then. Default: all are generated, once. For an image
   * before 3.4 the default is `hashFunction` `sha1` with 10 `iterations`, as those versions hash at each request; an image
   * without a version in its tag counts as new.
   */
  credentials?: CouchDbCredentialsArgs;
  /**
   * An existing Secret in the same namespace with the administrator's name and password; each `up` copies its values into
   * `NAME-admin`. Not itself named `NAME-admin` or `NAME-node`, and not together with `credentials.adminUser` or
   * `credentials.adminPassword`. Default: none; a password is generated.
   */
  adminSecret?: AdminSecretArgs;

  /**
   * CouchDB's configuration by section and key; it overrides this component's defaults: `{ query_server_config: { reduce_limit: "false" } }`.
   * A change restarts the nodes one by one. Default: none.
   */
  config?: pulumi.Input<Record<string, pulumi.Input<Record<string, pulumi.Input<string>>>>>;
  /** As `config`, for secrets: it is kept in a Secret, not in a ConfigMap. Default: none. */
  secretConfig?: pulumi.Input<Record<string, pulumi.Input<Record<string, pulumi.Input<string>>>>>;
  /** Flags of the Erlang virtual machine. Default: `+Q 65536`, as otherwise memory is reserved for each possible file. */
  erlangFlags?: pulumi.Input<string>;

  /**
   * More environment variables of CouchDB's container, such as `COUCHDB_ZONE`, by which `[cluster] placement` spreads copies
   * over zones: where Kubernetes gives pods their host's labels (1.35 and newer), from `metadata.labels`. Refer to a Secret
   * for secret values. Not the variables that this component sets. A change restarts the nodes one by one. Default: none.
   */
  env?: pulumi.Input<pulumi.Input<kubernetes.types.input.core.v1.EnvVar>[]>;

  /** CPU and memory of each node. Default: requests of 250m and 512Mi, no limits. */
  resources?: pulumi.Input<kubernetes.types.input.core.v1.ResourceRequirements>;
  /** How the nodes are spread over hosts, one of `Spread`. Default: `required`. */
  spread?: pulumi.Input<string>;
  /**
   * Label of hosts that names their zone. Nodes are spread evenly over zones as far as these have room.
   * Default: `topology.kubernetes.io/zone`.
   */
  zoneLabel?: pulumi.Input<string>;
  /**
   * Security of the pods. Default: user, group and volumes' group 5984, which own CouchDB's files in its image: keep
   * `fsGroup`, or CouchDB can't read its Secrets. Passes the restricted Pod Security Standard. (On OpenShift, let the
   * ServiceAccount use the SCC `nonroot-v2`.)
   */
  podSecurityContext?: pulumi.Input<kubernetes.types.input.core.v1.PodSecurityContext>;
  /** Security of CouchDB's container. Default: no capabilities, no privilege escalation, seccomp's `RuntimeDefault`. */
  securityContext?: pulumi.Input<kubernetes.types.input.core.v1.SecurityContext>;
  /**
   * How many nodes evictions may take down at a time, by the PodDisruptionBudget. Default: 1 of three or more, as two of
   * three copies still answer; none of fewer, so a drain of their hosts waits until you allow it. A whole number, 0 or
   * more; Kubernetes rejects others.
   */
  maxUnavailable?: pulumi.Input<number>;
  /** Labels that a node's host must have. Default: none. */
  nodeSelector?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Taints of hosts that the nodes tolerate. Default: none. */
  tolerations?: pulumi.Input<pulumi.Input<kubernetes.types.input.core.v1.Toleration>[]>;
  /** PriorityClass of the pods. Default: none. */
  priorityClassName?: pulumi.Input<string>;

  /** Serves clients by HTTPS on port 6984 only. Default: HTTP on port 5984. */
  tls?: ClusterTlsArgs;
  /** The Service that clients use. Default: of type `ClusterIP`, without annotations. */
  service?: ClusterServiceArgs;
  /** An Ingress to the Service. Default: none. */
  ingress?: ClusterIngressArgs;
  /** Who may reach the nodes. Default: every pod of the namespace, and the nodes each other. */
  networkPolicy?: ClusterNetworkPolicyArgs;
  /** Whether to serve metrics for Prometheus on port 17986, without a password. Default: false. */
  metrics?: boolean;

  /** When a node counts as started, alive and ready. Default: the defaults of its fields. */
  probes?: ClusterProbesArgs;
  /**
   * Seconds for which a stopping node goes on serving after it has left load balancing (its `/_up` answers 404), 0 or more,
   * less than `terminationGraceSeconds`. Default: 15.
   */
  drainSeconds?: pulumi.Input<number>;
  /** Seconds until a stopping node is killed, `drainSeconds` included, at least 1. Default: 120. */
  terminationGraceSeconds?: pulumi.Input<number>;

  /** Domain of the Kubernetes cluster, part of the nodes' names. Can't change. Default: `cluster.local`. */
  clusterDomain?: pulumi.Input<string>;
  /**
   * Labels on everything, besides the recommended `app.kubernetes.io/…`. A change restarts the nodes one by one. Default:
   * none.
   */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Annotations on everything but pods, which `podAnnotations` annotates, and volume claims, which a StatefulSet can't
   * change. A change restarts nothing. Default: none.
   */
  annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Annotations on the pods. A change restarts the nodes one by one. Default: none. */
  podAnnotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;

  /**
   * How Pulumi reaches the nodes: give what the Kubernetes provider has. Default: the stack's `kubernetes:kubeconfig` and
   * `kubernetes:context`, otherwise the ambient kubeconfig (`KUBECONFIG`, `~/.kube/config`, a pod's own) and its current
   * context.
   */
  kubernetes?: KubernetesAccessArgs;
  /** Seconds within which the cluster must be complete, at creation and after every change, 1 to 86,400. Default: 900. */
  timeoutSeconds?: pulumi.Input<number>;
}
