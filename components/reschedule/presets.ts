import type * as pulumi from "@pulumi/pulumi";
import { type KeyValueArgs, TrackingResource } from "./args";

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

/** Settings of `RescheduleHook` for kinds of workload. */
export const Presets = {
  /** Pods of Couchbase's operator, which moves those that are annotated. */
  couchbase: {
    selector: { key: "app", value: "couchbase" },
    annotation: { key: "cao.couchbase.com/reschedule", value: "true" },
    trackRescheduledPods: true,
    trackingResource: TrackingResource.CouchbaseCluster,
  } as PresetArgs,
  /**
   * Pods of a StatefulSet with this label: `Presets.statefulSet({ key: "app", value: "orders" })`. Something must act on
   * the annotation `pulumi-couch/reschedule=true`: with `reschedule: Reschedule.DeleteAfterReady` the hook does.
   */
  statefulSet: (label: KeyValueArgs): PresetArgs => ({
    selector: label,
    annotation: { key: "pulumi-couch/reschedule", value: "true" },
    trackRescheduledPods: true,
    trackingResource: TrackingResource.Namespace,
  }),
} as const;
