import { type Environment, SettingsReader } from "../../runtime/environment";
import type { LeasePlace } from "../../runtime/lease";
import type { LogLevel } from "../../runtime/log";

/** A label or annotation. */
export interface KeyValue {
  key: string;
  value: string;
}

/** Which object records the pods that were asked to move, as they may come back under the same name. */
export type TrackingKind = "couchbasecluster" | "namespace";

/** The settings of the program. */
export interface Settings {
  /** Label of the pods that are protected. */
  label: KeyValue;
  /** Annotation that asks for a pod to be moved. */
  annotation: KeyValue;
  /** `undefined`: pods come back under other names, or not at all. */
  tracking: TrackingKind | undefined;
  certificateFile: string;
  keyFile: string;
  port: number;
  metricsPort: number;
  /** Milliseconds that a review may take. */
  requestTimeout: number;
  /** Whether this program deletes annotated pods itself. */
  deleteAfterReady: boolean;
  /** Namespaces in which it does so; empty: in all. */
  namespaces: string[];
  lease: LeasePlace;
  /** How this process signs the Lease. */
  identity: string;
  logLevel: LogLevel;
  /** Which variables were not understood. */
  warnings: string[];
}

/** Reads the settings from environment variables. */
export function settingsOf(env: Environment): Settings {
  const read = new SettingsReader(env);
  const account = { name: read.text("SERVICE_ACCOUNT_NAME", ""), uid: read.text("SERVICE_ACCOUNT_UID", "") };
  return {
    label: {
      key: read.text("POD_LABEL_SELECTOR_KEY", "app"),
      value: read.text("POD_LABEL_SELECTOR_VALUE", "couchbase"),
    },
    annotation: {
      key: read.text("RESCHEDULE_ANNOTATION_KEY", "cao.couchbase.com/reschedule"),
      value: read.text("RESCHEDULE_ANNOTATION_VALUE", "true"),
    },
    tracking: trackingOf(read),
    certificateFile: read.text("TLS_CERT_FILE", "/etc/webhook/certs/tls.crt"),
    keyFile: read.text("TLS_KEY_FILE", "/etc/webhook/certs/tls.key"),
    port: read.port("PORT", 8443),
    metricsPort: read.port("METRICS_PORT", 9090),
    requestTimeout: read.number("REQUEST_TIMEOUT_SECONDS", 8, 0.1, 30) * 1000,
    deleteAfterReady: read.choice("RESCHEDULE", "never", ["never", "delete-after-ready"]) === "delete-after-ready",
    namespaces: read
      .text("NAMESPACES", "")
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== ""),
    lease: {
      name: read.text("LEASE_NAME", "reschedule-hook"),
      namespace: read.text("POD_NAMESPACE", "default"),
      owner: account.name && account.uid ? { apiVersion: "v1", kind: "ServiceAccount", ...account } : undefined,
    },
    identity: read.text("POD_NAME", `process-${process.pid}`),
    logLevel: read.logLevel(),
    warnings: read.warnings,
  };
}

function trackingOf(read: SettingsReader): TrackingKind | undefined {
  // The second name is how the variable was spelt when it came into use.
  const name = read.text("TRACK_RESCHEDULED_PODS") ? "TRACK_RESCHEDULED_PODS" : "TRACK_RESCHEULED_PODS";
  const isTracking = read.flag(name, true);
  const kind = read.choice("TRACKING_RESOURCE_TYPE", "couchbasecluster", ["couchbasecluster", "namespace"]);
  return isTracking ? kind : undefined;
}
