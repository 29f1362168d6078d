import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { AdminSecretArgs } from "../credentials/admin-secret";
import type { CouchDbCredentialsArgs } from "../credentials/args";

/** Who makes the nodes one cluster. */
export const Join = {
  /** The resource `CouchDbMembership`, during `pulumi up`, through port-forwards. */
  Provider: "provider",
  /** A container beside CouchDB in every pod, at any time; `pulumi up` waits for it and verifies. */
  Sidecar: "sidecar",
} as const;

/** How the nodes are spread over Kubernetes' hosts. */
export const Spread = {
  /** Never two on one host: a pod that finds no host of its own is not started. */
  Required: "required",
  /** On different hosts if there are enough. */
  Preferred: "preferred",
  /** Anywhere: for trials on one host. The loss of a host may be the loss of all copies. */
  None: "none",
} as const;

/** Arguments of {@link CouchDbCluster}. */
export interface CouchDbClusterArgs {
  /** Namespace, which must exist. Fixed for good. Default: the Kubernetes provider's, as a rule `default`. */
  namespace?: pulumi.Input<string>;
  /**
   * Number of nodes, 1 to 1000. Default: 3, with which any one may be down. More join what is there; fewer are refused
   * while a database has a shard on a node that would go. Databases keep their shards where they were made: only those
   * of the system get copies on nodes that join. Below 3 the PodDisruptionBudget lets no pod be evicted.
   */
  replicas?: pulumi.Input<number>;
  /**
   * CouchDB's image by tag or digest; 3.2.2 or newer, as older ones let anybody in (CVE-2022-24706).
   * Default: `couchdb:3.5.1`. A change restarts the nodes one by one.
   */
  image?: pulumi.Input<string>;
  /** When the image is pulled: `Always`, `IfNotPresent` or `Never`. Default: Kubernetes' own, by the tag. */
  imagePullPolicy?: pulumi.Input<string>;
  /** Names of Secrets with which the images are pulled. Default: none. */
  imagePullSecrets?: pulumi.Input<pulumi.Input<string>[]>;
  /** Who joins the nodes, one of `Join`. Default: `provider`. */
  join?: string;
  /** The container that joins them; only where `join` is `sidecar`. */
  sidecar?: SidecarArgs;

  /** Size of each node's volume as a Kubernetes quantity. Can grow, never shrink. Default: `10Gi`. */
  storageSize?: pulumi.Input<string>;
  /** StorageClass of the volumes. Fixed for good. Default: the cluster's default class. */
  storageClass?: pulumi.Input<string>;
  /** Whether the volumes stay, with their data, when the cluster is destroyed. Default: true. */
  keepVolumes?: pulumi.Input<boolean>;

  /**
   * The administrator and what else all nodes share: give `password`, `erlangCookie`, `cookieSecret` or `uuid` to bring
   * in those of an existing cluster, `keepers` to rotate. A new `erlangCookie` divides the cluster until every node has
   * been restarted; with the sidecar, delete all pods at once then. Default: everything is made, once. For an image before
   * 3.4 the default is `hashFunction` `sha1` with 10 `iterations`, as those versions hash at each request; an image without
   * a version in its tag counts as new.
   */
  credentials?: CouchDbCredentialsArgs;
  /**
   * An existing Secret in the same namespace with the administrator's name and password, whose values `NAME-admin`, which
   * is made all the same, takes over at each `up`. Not itself named `NAME-admin` or `NAME-node`; not with name or password
   * in `credentials`. Default: none; a password is made.
   */
  adminSecret?: AdminSecretArgs;

  /**
   * CouchDB's configuration by section and key, over this component's: `{ query_server_config: { reduce_limit: "false" } }`.
   * A change restarts the nodes one by one. Default: none.
   */
  config?: pulumi.Input<Record<string, pulumi.Input<Record<string, pulumi.Input<string>>>>>;
  /** As `config`, for what must not be readable in a ConfigMap. Default: none. */
  secretConfig?: pulumi.Input<Record<string, pulumi.Input<Record<string, pulumi.Input<string>>>>>;
  /** Flags of the Erlang virtual machine. Default: `+Q 65536`: without it memory is set aside for each possible file. */
  erlangFlags?: pulumi.Input<string>;

  /**
   * More environment variables of CouchDB's container, such as `COUCHDB_ZONE`, by which `[cluster] placement` spreads copies
   * over zones: where Kubernetes gives pods their host's labels (1.35 and newer), from `metadata.labels`. Secrets belong in
   * a Secret that they refer to. Not those that this component sets. A change restarts the nodes one by one. Default: none.
   */
  env?: pulumi.Input<pulumi.Input<kubernetes.types.input.core.v1.EnvVar>[]>;

  /** CPU and memory of each node. Default: requests of 250m and 512Mi, no limits. */
  resources?: pulumi.Input<kubernetes.types.input.core.v1.ResourceRequirements>;
  /** How the nodes are spread over hosts, one of `Spread`. Default: `required`. */
  spread?: pulumi.Input<string>;
  /**
   * Label of hosts that names their zone; nodes are spread evenly over zones as far as these have room.
   * Default: `topology.kubernetes.io/zone`.
   */
  zoneLabel?: pulumi.Input<string>;
  /**
   * Security of the pods. Default: user, group and volumes' group 5984, which own CouchDB's files in its image: keep
   * `fsGroup`, or its Secrets can't be read. The restricted Pod Security Standard passes. (On OpenShift, let the
   * ServiceAccount use the SCC `nonroot-v2`.)
   */
  podSecurityContext?: pulumi.Input<kubernetes.types.input.core.v1.PodSecurityContext>;
  /** Security of CouchDB's container. Default: no capabilities, no way to more rights, seccomp's `RuntimeDefault`. */
  securityContext?: pulumi.Input<kubernetes.types.input.core.v1.SecurityContext>;
  /**
   * How many nodes an eviction may take down at a time, by the PodDisruptionBudget. Default: 1 of three or more, as two
   * of three copies answer; none of fewer, so a drain of their hosts waits until you allow it.
   */
  maxUnavailable?: pulumi.Input<number>;
  /** Labels that a host must have. Default: none. */
  nodeSelector?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Taints of hosts that are tolerated. Default: none. */
  tolerations?: pulumi.Input<pulumi.Input<kubernetes.types.input.core.v1.Toleration>[]>;
  /** PriorityClass of the pods. Default: none. */
  priorityClassName?: pulumi.Input<string>;

  /** Serve HTTPS on port 6984, to clients only there. Default: HTTP on port 5984. */
  tls?: ClusterTlsArgs;
  /** The Service that clients use. */
  service?: ClusterServiceArgs;
  /** An Ingress to the Service. Default: none. */
  ingress?: ClusterIngressArgs;
  /** Who may reach the nodes. */
  networkPolicy?: ClusterNetworkPolicyArgs;
  /** Whether metrics for Prometheus are served on port 17986, without a password. Default: false. */
  metrics?: boolean;

  /** When a node counts as started, alive and ready. */
  probes?: ClusterProbesArgs;
  /**
   * Seconds a node that is to stop goes on serving after it has told load balancers to send it nothing new (its `/_up`
   * answers 404), less than `terminationGraceSeconds`. Default: 15.
   */
  drainSeconds?: pulumi.Input<number>;
  /** Seconds a node has for stopping, `drainSeconds` included, before it is killed, at least 1. Default: 120. */
  terminationGraceSeconds?: pulumi.Input<number>;

  /** Domain of the Kubernetes cluster. Fixed for good, as nodes are named by it. Default: `cluster.local`. */
  clusterDomain?: pulumi.Input<string>;
  /**
   * Labels on everything, besides the recommended `app.kubernetes.io/…`. A change restarts the nodes one by one. Default:
   * none.
   */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Annotations on everything. Default: none. */
  annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Annotations on the pods. A change restarts the nodes one by one. Default: none. */
  podAnnotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;

  /**
   * Kubeconfig, as text or path, by which the nodes are reached: the one that the Kubernetes provider has. Default: the
   * stack's `kubernetes:kubeconfig`, else the ambient one (`KUBECONFIG`, `~/.kube/config`, a pod's own).
   */
  kubeconfig?: pulumi.Input<string>;
  /** Context of the kubeconfig. Default: the stack's `kubernetes:context`, else the kubeconfig's current one. */
  context?: pulumi.Input<string>;
  /** Seconds until the cluster must be complete, at creation and after every change, 1 to 86,400. Default: 900. */
  timeoutSeconds?: pulumi.Input<number>;
}

/** The container that joins the nodes. */
export interface SidecarArgs {
  /** Image with Node.js 20 or newer. Default: `node:22-slim`. */
  image?: pulumi.Input<string>;
  /** `debug`, `info`, `warning` or `error`. Default: `info`. */
  logLevel?: pulumi.Input<string>;
  /** CPU and memory of the container. Default: requests of 10m and 64Mi, a limit of 64Mi memory. */
  resources?: pulumi.Input<kubernetes.types.input.core.v1.ResourceRequirements>;
}

/** HTTPS. */
export interface ClusterTlsArgs {
  /** Secret of type `kubernetes.io/tls` in the same namespace. Nodes must be restarted to take a new certificate. */
  secretName: pulumi.Input<string>;
}

/** The Service that clients use. */
export interface ClusterServiceArgs {
  /**
   * `ClusterIP`, `NodePort` or `LoadBalancer`. Clients outside must be named in `networkPolicy.clients`, as an `ipBlock`.
   * Default: `ClusterIP`.
   */
  type?: pulumi.Input<string>;
  /**
   * Annotations, such as a cloud's load balancer takes. With `pulumi.com/skipAwait: "false"` Pulumi waits until it has an
   * address. Default: none.
   */
  annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * An Ingress. Its controller, whose pods are in another namespace as a rule, must be named in `networkPolicy.clients`.
 * With `tls`, it must be told to speak HTTPS to the nodes, mostly by an annotation.
 *
 * Pulumi does not wait until the controller has given it an address, as not every one tells one; give it the annotation
 * `pulumi.com/skipAwait: "false"` if yours does and you need the address.
 */
export interface ClusterIngressArgs {
  /** Host name under which clients outside reach the cluster. */
  host: pulumi.Input<string>;
  /** Path below which it is reached. Default: `/`. */
  path?: pulumi.Input<string>;
  /** IngressClass. Default: the cluster's default class. */
  className?: pulumi.Input<string>;
  /** Secret with the host's certificate. Default: none, HTTP only. */
  tlsSecretName?: pulumi.Input<string>;
  /** Annotations, such as the Ingress controller takes. Default: none. */
  annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** Who may reach the nodes, and whom they may reach. Needs a network that enforces NetworkPolicies. */
export interface ClusterNetworkPolicyArgs {
  /** Whether there is a NetworkPolicy. Default: true. */
  enabled?: boolean;
  /** Who may send requests; `[]`: nobody but the nodes. Default: every pod of the namespace. */
  clients?: pulumi.Input<pulumi.Input<kubernetes.types.input.networking.v1.NetworkPolicyPeer>[]>;
  /** Who may read metrics; `[]`: nobody. Default: nobody but the nodes themselves. */
  metricsClients?: pulumi.Input<pulumi.Input<kubernetes.types.input.networking.v1.NetworkPolicyPeer>[]>;
  /**
   * Whom the nodes may reach besides each other, DNS and, with the sidecar, ports 443, 6443, 8443 and 16443, where
   * Kubernetes' API is: add here what they shall replicate with. Default: nobody.
   */
  egress?: pulumi.Input<pulumi.Input<ClusterEgressArgs>[]>;
}

/** Whom the nodes may reach. */
export interface ClusterEgressArgs {
  /** Pods or addresses; `[]`: none. Default: all. */
  to?: pulumi.Input<pulumi.Input<kubernetes.types.input.networking.v1.NetworkPolicyPeer>[]>;
  /** Ports of these; `[]`: none. Default: all. */
  ports?: pulumi.Input<pulumi.Input<ClusterEgressPortArgs>[]>;
}

/** A port, or a range of ports, that the nodes may reach. */
export interface ClusterEgressPortArgs {
  /** Number of the port. */
  port: pulumi.Input<number>;
  /** Last port of a range that begins with `port`. Default: that one port. */
  endPort?: pulumi.Input<number>;
  /** `TCP`, `UDP` or `SCTP`. Default: `TCP`. */
  protocol?: pulumi.Input<string>;
}

/** The timing of one probe. */
export interface ProbeTimingArgs {
  /** Seconds between attempts, at least 1. Default: the probe's. */
  periodSeconds?: pulumi.Input<number>;
  /** Failures in a row that count, at least 1. Default: the probe's. */
  failureThreshold?: pulumi.Input<number>;
  /** Seconds an attempt may take, at least 1. Default: the probe's. */
  timeoutSeconds?: pulumi.Input<number>;
}

/** When a node counts as started, alive and ready. */
export interface ClusterProbesArgs {
  /** Started: port 5984 takes connections. Default: every 5 s, 60 failures, so 5 minutes, each attempt within 1 s. */
  startup?: ProbeTimingArgs;
  /**
   * Alive: port 5984 takes connections; not `/_up`, which is 404 in maintenance too. Default: every 10 s, 6 failures, each
   * attempt within 1 s.
   */
  liveness?: ProbeTimingArgs;
  /** Ready: `/_up` answers 200. Default: every 5 s, 3 failures, each attempt within 5 s. */
  readiness?: ProbeTimingArgs;
}
