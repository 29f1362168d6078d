import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** HTTPS. */
export interface ClusterTlsArgs {
  /** Secret of type `kubernetes.io/tls` in the same namespace. Restart the nodes after its certificate has changed. */
  secretName: pulumi.Input<string>;
}

/** The Service that clients use. */
export interface ClusterServiceArgs {
  /**
   * `ClusterIP`, `NodePort` or `LoadBalancer`. Name clients outside Kubernetes in `networkPolicy.clients`, as an `ipBlock`.
   * Default: `ClusterIP`.
   */
  type?: pulumi.Input<string>;
  /**
   * Annotations, such as those for a cloud's load balancer. With `pulumi.com/skipAwait: "false"` Pulumi waits until the
   * Service has an address. Default: none.
   */
  annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * An Ingress. Name its controller, whose pods are usually in another namespace, in `networkPolicy.clients`. With `tls`,
 * the controller must speak HTTPS to the nodes, for which most have an annotation.
 *
 * Pulumi does not wait until the Ingress has an address, as not every controller reports one; give the annotation
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
  /** Annotations, such as those for the Ingress controller. Default: none. */
  annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** Who may reach the nodes, and whom they may reach. Needs a network that enforces NetworkPolicies. */
export interface ClusterNetworkPolicyArgs {
  /** Whether to create a NetworkPolicy. Default: true. */
  enabled?: boolean;
  /** Who may send requests; `[]`: only the nodes. Default: every pod of the namespace. */
  clients?: pulumi.Input<pulumi.Input<kubernetes.types.input.networking.v1.NetworkPolicyPeer>[]>;
  /** Who may read metrics, where `metrics` serves them; `[]`: no other pod. Default: only the nodes themselves. */
  metricsClients?: pulumi.Input<pulumi.Input<kubernetes.types.input.networking.v1.NetworkPolicyPeer>[]>;
  /**
   * Whom the nodes may reach besides each other, DNS and, with the sidecar, the usual ports of Kubernetes' API (443, 6443,
   * 8443 and 16443): add what they replicate with. Default: none.
   */
  egress?: pulumi.Input<pulumi.Input<ClusterEgressArgs>[]>;
}

/** Whom the nodes may reach. */
export interface ClusterEgressArgs {
  /** Pods or addresses; `[]`: none. Default: all. */
  to?: pulumi.Input<pulumi.Input<kubernetes.types.input.networking.v1.NetworkPolicyPeer>[]>;
  /** Their ports; `[]`: none. Default: all. */
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
