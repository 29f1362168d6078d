import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** Where the hook records that a pod comes back under its old name. */
export const TrackingResource = {
  /** Annotations of the CouchbaseCluster that the pod belongs to, if it is upgraded in place. */
  CouchbaseCluster: "couchbasecluster",
  /** Annotations of the pod's namespace. */
  Namespace: "namespace",
} as const;
/** One of {@link TrackingResource}. */
export type TrackingResource = (typeof TrackingResource)[keyof typeof TrackingResource];

/** Who acts on the annotation that the hook gives a pod. */
export const Reschedule = {
  /** An operator, as Couchbase's does, or a controller of your own. */
  Elsewhere: "",
  /** The hook itself: it deletes an annotated pod once all its peers are ready. */
  DeleteAfterReady: "delete-after-ready",
} as const;
/** One of {@link Reschedule}. */
export type Reschedule = (typeof Reschedule)[keyof typeof Reschedule];

/** What happens to evictions while the hook does not answer. */
export const FailurePolicy = {
  /** They are rejected: no pod goes unprepared, and drains wait until the hook is back. */
  Fail: "Fail",
  /** They are let through: only a PodDisruptionBudget protects the pods. */
  Ignore: "Ignore",
} as const;
/** One of {@link FailurePolicy}. */
export type FailurePolicy = (typeof FailurePolicy)[keyof typeof FailurePolicy];

/** A label or annotation. */
export interface KeyValueArgs {
  /** Its key, valid in Kubernetes: `app`, `cao.couchbase.com/reschedule`. */
  key: pulumi.Input<string>;
  /** Its value, valid in Kubernetes, not empty. */
  value: pulumi.Input<string>;
}

/** Which pods the hook protects, and how it marks them. */
export interface PresetArgs {
  /** Label of the pods that are protected. */
  selector: KeyValueArgs;
  /** Annotation by which a pod is marked for rescheduling. */
  annotation: KeyValueArgs;
  /** Whether to record that a pod comes back under its old name. */
  trackRescheduledPods: pulumi.Input<boolean>;
  /** Where to record it, one of `TrackingResource`. */
  trackingResource: pulumi.Input<string>;
}

/** Arguments of {@link RescheduleHook}. */
export interface RescheduleHookArgs {
  /** Namespace of the hook, which must exist. Default: the Kubernetes provider's, usually `default`. */
  namespace?: pulumi.Input<string>;
  /**
   * Namespaces whose evictions the hook decides; it gets rights in these only. Name them: with `failurePolicy` `Fail`,
   * evictions of all pods in these wait while the hook is down. Not `kube-system`, `kube-public` or `kube-node-lease`.
   * Default: all but these three and the hook's own.
   */
  namespaces?: pulumi.Input<string>[];

  /** Defaults of the next four arguments: `Presets.couchbase`, `Presets.statefulSet(…)`. Default: `Presets.couchbase`. */
  preset?: PresetArgs;
  /** Label of the pods that are protected. Default: the preset's; for Couchbase `app=couchbase`. */
  selector?: KeyValueArgs;
  /**
   * Annotation by which a pod is marked for rescheduling.
   * Default: the preset's; for Couchbase `cao.couchbase.com/reschedule=true`.
   */
  annotation?: KeyValueArgs;
  /**
   * Whether to record that a pod comes back under its old name, so that a drain which tries again does not evict the new
   * pod too. Default: the preset's; `true` for all presets.
   */
  trackRescheduledPods?: pulumi.Input<boolean>;
  /** Where to record it, one of `TrackingResource`. Default: the preset's; for Couchbase `couchbasecluster`. */
  trackingResource?: pulumi.Input<string>;
  /** Who acts on the annotation, one of `Reschedule`. Default: `""`, another program, such as Couchbase's operator. */
  reschedule?: string;

  /**
   * What happens to evictions while the hook does not answer, one of `FailurePolicy`. Default: `Fail`, so that no database
   * pod goes unprepared; a drain can be tried again.
   */
  failurePolicy?: pulumi.Input<string>;
  /** Seconds for which the API server waits for the hook's answer, 2 to 30. Default: 10. */
  timeoutSeconds?: pulumi.Input<number>;
  /** The certificate that the hook shows the API server. Default: this package makes one, valid for a year; `up` renews it. */
  certificate?: HookCertificateArgs;

  /** Number of pods of the hook, at least 1. Default: 2, on different hosts if there are enough. */
  replicas?: pulumi.Input<number>;
  /** Image with Node.js 20 or newer. Default: `node:22-slim`. */
  image?: pulumi.Input<string>;
  /** When the image is pulled: `Always`, `IfNotPresent` or `Never`. Default: Kubernetes decides by the tag. */
  imagePullPolicy?: pulumi.Input<string>;
  /** Names of the Secrets for pulling the image. Default: none. */
  imagePullSecrets?: pulumi.Input<pulumi.Input<string>[]>;
  /** CPU and memory of each pod. Default: requests of 20m and 96Mi, a limit of 128Mi memory. */
  resources?: pulumi.Input<kubernetes.types.input.core.v1.ResourceRequirements>;
  /** How much the program logs, one of `LogLevel`. Default: `info`. */
  logLevel?: pulumi.Input<string>;
  /** Labels that a pod's host must have. Default: none. */
  nodeSelector?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Taints of hosts that the pods tolerate. Default: none. */
  tolerations?: pulumi.Input<pulumi.Input<kubernetes.types.input.core.v1.Toleration>[]>;
  /** PriorityClass of the pods. Default: none. */
  priorityClassName?: pulumi.Input<string>;

  /** Labels on everything, besides the recommended `app.kubernetes.io/…`. Default: none. */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Annotations on everything. Default: none. */
  annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * The certificate that the hook shows the API server: made by this package, by cert-manager (`issuerRef`), or your own
 * (`secretName` and `caBundle`).
 */
export interface HookCertificateArgs {
  /** Issuer of cert-manager, which then makes and renews the certificate and has the API server trust it. Default: none. */
  issuerRef?: IssuerRefArgs;
  /** An existing Secret of type `kubernetes.io/tls` in the hook's namespace, for `NAME.NAMESPACE.svc`. Default: none. */
  secretName?: pulumi.Input<string>;
  /** Certificates of the authorities that signed the certificate in `secretName`, which it goes with. PEM. Default: none. */
  caBundle?: pulumi.Input<string>;
  /** Days that a certificate made by this package is valid, 1 to 730. Default: 365. */
  validityDays?: pulumi.Input<number>;
  /** Days before its end from which an `up` renews it, 0 or more, less than `validityDays`. Default: a third of the validity. */
  renewBeforeDays?: pulumi.Input<number>;
  /** Texts of your choice: a change of any renews the certificate at the next `up`. Default: none. */
  keepers?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** An issuer of cert-manager. */
export interface IssuerRefArgs {
  /** Its name. */
  name: pulumi.Input<string>;
  /** `Issuer` or `ClusterIssuer`. Default: `Issuer`. */
  kind?: pulumi.Input<string>;
  /** API group of other kinds. Default: `cert-manager.io`. */
  group?: pulumi.Input<string>;
}
