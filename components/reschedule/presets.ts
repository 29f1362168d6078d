import { type KeyValueArgs, type PresetArgs, TrackingResource } from "./args";

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
