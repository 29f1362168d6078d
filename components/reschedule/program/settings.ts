import type { LeasePlace } from "../../runtime/lease";
import { type Level, levelOf } from "../../runtime/log";

/** A label or annotation. */
export interface KeyValue {
  key: string;
  value: string;
}

/** Where is kept which pods were asked to move, as they may come back under the same name. */
export type TrackingKind = "couchbasecluster" | "namespace";

/** What the program goes by. */
export interface Settings {
  /** Label of the pods that are protected. */
  label: KeyValue;
  /** Annotation that asks for a pod to be moved. */
  annotation: KeyValue;
  /** None: pods come back under other names, or not at all. */
  tracking: TrackingKind | undefined;
  certificateFile: string;
  keyFile: string;
  port: number;
  metricsPort: number;
  /** Milliseconds that a review may take. */
  requestTimeout: number;
  /** Whether this program deletes annotated pods itself. */
  deleteAfterReady: boolean;
  /** Namespaces in which it does; empty: in all. */
  namespaces: string[];
  lease: LeasePlace;
  /** How this pod signs the lease. */
  identity: string;
  logLevel: Level;
  /** What of the environment was not understood, in words. */
  warnings: string[];
}

/** The settings that environment variables say; an empty one counts as not set. */
export function settingsOf(env: Readonly<Record<string, string | undefined>>): Settings {
  const warnings: string[] = [];
  const text = (name: string, otherwise: string) => env[name]?.trim() || otherwise;
  const number = (name: string, otherwise: number, least: number, most: number) => {
    const value = Number(text(name, String(otherwise)));
    if (value >= least && value <= most) return value;
    warnings.push(`${name} ${env[name]} is no number from ${least} to ${most}; going by ${otherwise}`);
    return otherwise;
  };
  // The second name is how the variable was spelt when it came into use.
  const track = env.TRACK_RESCHEDULED_PODS?.trim() || text("TRACK_RESCHEULED_PODS", "true");
  if (!isTrue(track) && !isFalse(track))
    warnings.push(`TRACK_RESCHEDULED_PODS ${track} is neither true nor false; going by true`);
  const kind = text("TRACKING_RESOURCE_TYPE", "couchbasecluster");
  if (kind !== "couchbasecluster" && kind !== "namespace")
    warnings.push(`TRACKING_RESOURCE_TYPE ${kind} is unknown; going by couchbasecluster`);
  const reschedule = text("RESCHEDULE", "");
  if (reschedule !== "" && reschedule !== "delete-after-ready")
    warnings.push(`RESCHEDULE ${reschedule} is unknown; there is delete-after-ready`);
  const account = { name: text("SERVICE_ACCOUNT_NAME", ""), uid: text("SERVICE_ACCOUNT_UID", "") };
  const logLevel = levelOf(text("LOG_LEVEL", "info"));
  if (logLevel === undefined)
    warnings.push(`LOG_LEVEL ${env.LOG_LEVEL} is unknown; there are debug, info, warning, error`);

  return {
    label: { key: text("POD_LABEL_SELECTOR_KEY", "app"), value: text("POD_LABEL_SELECTOR_VALUE", "couchbase") },
    annotation: {
      key: text("RESCHEDULE_ANNOTATION_KEY", "cao.couchbase.com/reschedule"),
      value: text("RESCHEDULE_ANNOTATION_VALUE", "true"),
    },
    tracking: isFalse(track) ? undefined : kind === "namespace" ? "namespace" : "couchbasecluster",
    certificateFile: text("TLS_CERT_FILE", "/etc/webhook/certs/tls.crt"),
    keyFile: text("TLS_KEY_FILE", "/etc/webhook/certs/tls.key"),
    port: number("PORT", 8443, 1, 65_535),
    metricsPort: number("METRICS_PORT", 9090, 1, 65_535),
    requestTimeout: number("REQUEST_TIMEOUT_SECONDS", 8, 0.1, 30) * 1000,
    deleteAfterReady: reschedule === "delete-after-ready",
    namespaces: text("NAMESPACES", "")
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== ""),
    lease: {
      name: text("LEASE_NAME", "reschedule-hook"),
      namespace: text("POD_NAMESPACE", "default"),
      owner: account.name && account.uid ? account : undefined,
    },
    identity: text("POD_NAME", `process-${process.pid}`),
    logLevel: logLevel ?? "info",
    warnings,
  };
}

function isTrue(text: string): boolean {
  return ["true", "t", "1", "yes", "on"].includes(text.toLowerCase());
}

function isFalse(text: string): boolean {
  return ["false", "f", "0", "no", "off"].includes(text.toLowerCase());
}
