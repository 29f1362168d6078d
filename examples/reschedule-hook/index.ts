import * as pulumi from "@pulumi/pulumi";
import * as couch from "pulumi-couch";

const config = new pulumi.Config();
const [key = "", value = ""] = config.require("label").split("=");

/** Which pods the hook protects. A misspelt preset must not protect the wrong pods. */
function presetOf(name: string): couch.PresetArgs {
  if (name === "couchbase") return couch.Presets.couchbase;
  if (name === "statefulSet") return couch.Presets.statefulSet({ key, value });
  throw new pulumi.RunError(`preset: "${name}" is not a valid preset; set it to couchbase or statefulSet`);
}

// The API server asks the hook about every eviction in these namespaces, such as those of `kubectl drain`.
const hook = new couch.RescheduleHook("reschedule-hook", {
  namespaces: config.requireObject<string[]>("namespaces"),
  preset: presetOf(config.require("preset")),
  reschedule: config.get("reschedule"),
  namespace: config.require("namespace"),
});

/** Name of the ValidatingWebhookConfiguration. */
export const webhookName = hook.webhookName;

/** Name of the Service that the API server calls. */
export const serviceName = hook.serviceName;

/** When the hook's certificate ends; a `pulumi up` in its last third renews it. */
export const certificateExpires = hook.certificateExpires;
