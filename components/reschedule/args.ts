import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { PresetArgs } from "./presets";

/** Where is kept that a pod comes back under the name it had. */
export const TrackingResource = {
  /** Annotations of the CouchbaseCluster that the pod belongs to, if it is upgraded in place. */
  CouchbaseCluster: "couchbasecluster",
  /** Annotations of the pod's namespace. */
  Namespace: "namespace",
} as const;

/** Who acts on the annotation that the hook gives a pod. */
export const Reschedule = {
  /** An operator, as Couchbase's does, or a controller of your own. */
  Elsewhere: "",
  /** The hook itself: it deletes an annotated pod once all its peers are ready. */
  DeleteAfterReady: "delete-after-ready",
} as const;

/** What becomes of evictions while the hook does not answer. */
export const FailurePolicy = {
  /** They are refused: no pod goes unprepared, and drains wait until the hook is back. */
  Fail: "Fail",
  /** They are let through, protected by no more than a PodDisruptionBudget. */
  Ignore: "Ignore",
} as const;

/** A label or annotation. */
export interface KeyValueArgs {
  /** Its key, as Kubernetes takes it: `app`, `cao.couchbase.com/reschedule`. */
  key: pulumi.Input<string>;
  /** Its value, as Kubernetes takes it. Not empty. */
  value: pulumi.Input<string>;
}

/** Arguments of {@link RescheduleHook}. */
export interface RescheduleHookArgs {
  /** Namespace of the hook, which must exist. Default: the Kubernetes provider's, as a rule `default`. */
  namespace?: pulumi.Input<string>;
  /**
   * Namespaces whose evictions are asked about; the hook gets rights in these only. Name them: with `failurePolicy`
   * `Fail`, evictions of all pods in these wait while the hook is down. Never `kube-system`, `kube-public` or
   * `kube-node-lease`. Default: all but these and the hook's own.
   */
  namespaces?: pulumi.Input<string>[];

  /** Where what follows comes from: `Presets.couchbase`, `Presets.statefulSet(…)`. Default: `Presets.couchbase`. */
  preset?: PresetArgs;
  /** Label of the pods that are protected. Default: the preset's; for Couchbase `app=couchbase`. */
  selector?: KeyValueArgs;
  /**
   * Annotation by which a pod is marked for rescheduling.
   * Default: the preset's; for Couchbase `cao.couchbase.com/reschedule=true`.
   */
  annotation?: KeyValueArgs;
  /**
   * Whether is kept that a pod comes back under its old name, so that a drain which tries again does not evict the new
   * one too. Default: the preset's; for all of them true.
   */
  trackRescheduledPods?: pulumi.Input<boolean>;
  /** Where that is kept, one of `TrackingResource`. Default: the preset's; for Couchbase `couchbasecluster`. */
  trackingResource?: pulumi.Input<string>;
  /** Who acts on the annotation, one of `Reschedule`. Default: "", somebody else, such as Couchbase's operator. */
  reschedule?: string;

  /**
   * What becomes of evictions while the hook does not answer, one of `FailurePolicy`. Default: `Fail`: that no database
   * pod goes unprepared is what the hook is for, and a drain can be tried again.
   */
  failurePolicy?: pulumi.Input<string>;
  /** Seconds that the API server waits for the hook's answer, 2 to 30. Default: 10. */
  timeoutSeconds?: pulumi.Input<number>;
  /** The certificate that the hook shows the API server. Default: one is made, valid for a year, renewed by `up`. */
  certificate?: HookCertificateArgs;

  /** Number of pods of the hook, at least 1. Default: 2, on different hosts if there are enough. */
  replicas?: pulumi.Input<number>;
  /** Image with Node.js 20 or newer. Default: `node:22-slim`. */
  image?: pulumi.Input<string>;
  /** When the image is pulled: `Always`, `IfNotPresent` or `Never`. Default: Kubernetes' own, by the tag. */
  imagePullPolicy?: pulumi.Input<string>;
  /** Names of Secrets with which the image is pulled. Default: none. */
  imagePullSecrets?: pulumi.Input<pulumi.Input<string>[]>;
  /** CPU and memory of each pod. Default: requests of 20m and 96Mi, a limit of 128Mi memory. */
  resources?: pulumi.Input<kubernetes.types.input.core.v1.ResourceRequirements>;
  /** `debug`, `info`, `warning` or `error`. Default: `info`. */
  logLevel?: pulumi.Input<string>;
  /** Labels that a host must have. Default: none. */
  nodeSelector?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Taints of hosts that are tolerated. Default: none. */
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
  /** Issuer of cert-manager, which then makes and renews the certificate and tells the API server whom to trust. */
  issuerRef?: IssuerRefArgs;
  /** An existing Secret of type `kubernetes.io/tls` in the hook's namespace, for `NAME.NAMESPACE.svc`. */
  secretName?: pulumi.Input<string>;
  /** Certificates of the authorities that signed the certificate in `secretName`. PEM. */
  caBundle?: pulumi.Input<string>;
  /** Days that a certificate made by this package is valid, 1 to 730. Default: 365. */
  validityDays?: pulumi.Input<number>;
  /** Days before its end from which on an `up` renews it, less than `validityDays`. Default: a third of the validity. */
  renewBeforeDays?: pulumi.Input<number>;
  /** Any text; a change of it has the certificate renewed at the next `up`. Default: none. */
  keeper?: pulumi.Input<string>;
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
