import * as pulumi from "@pulumi/pulumi";
import * as couch from "pulumi-couch";

const config = new pulumi.Config();
const [key = "", value = ""] = config.require("label").split("=");

// The API server asks it about every eviction in these namespaces, as `kubectl drain` causes them.
const hook = new couch.RescheduleHook("reschedule-hook", {
  namespaces: config.requireObject<string[]>("namespaces"),
  preset:
    config.require("preset") === "statefulSet" ? couch.Presets.statefulSet({ key, value }) : couch.Presets.couchbase,
  reschedule: config.get("reschedule"),
  namespace: config.require("namespace"),
});

/** Name of the ValidatingWebhookConfiguration. */
export const webhookName = hook.webhookName;

/** Name of the Service that the API server calls. */
export const serviceName = hook.serviceName;

/** When the hook's certificate ends; a `pulumi up` in its last third renews it. */
export const certificateExpires = hook.certificateExpires;
