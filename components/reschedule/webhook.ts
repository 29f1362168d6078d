import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { derived } from "../validation/arguments";
import { type Settings, systemNamespaces } from "./settings";

type Webhook = kubernetes.types.input.admissionregistration.v1.ValidatingWebhook;
type LabelSelector = kubernetes.types.input.meta.v1.LabelSelector;

/** Path at which the program takes reviews. */
const path = "/eviction";

/** Which evictions the API server sends to the hook, and what happens if there is no answer. */
export function webhookOf(
  settings: Settings,
  namespace: pulumi.Output<string>,
  caBundle: pulumi.Input<string> | undefined,
): Webhook {
  return {
    name: "eviction.reschedule.hook",
    admissionReviewVersions: ["v1"],
    clientConfig: {
      service: { name: settings.name, namespace, path, port: 443 },
      caBundle: caBundle && derived(caBundle, (pem) => Buffer.from(pem).toString("base64")),
    },
    rules: [
      {
        apiGroups: [""],
        apiVersions: ["v1"],
        operations: ["CREATE"],
        resources: ["pods/eviction"],
        scope: "Namespaced",
      },
    ],
    matchPolicy: "Equivalent",
    // An Eviction has none of its pod's labels, so an objectSelector would match all pods or none.
    namespaceSelector: namespaceSelector(settings, namespace),
    matchConditions: [{ name: "not-of-the-hook-itself", expression: notOwnPod(settings.name, namespace) }],
    failurePolicy: settings.failurePolicy,
    sideEffects: "NoneOnDryRun",
    timeoutSeconds: settings.timeoutSeconds,
  };
}

function namespaceSelector({ namespaces }: Settings, own: pulumi.Output<string>): LabelSelector {
  const key = "kubernetes.io/metadata.name"; // every namespace has it, and it can't be changed
  const expression = namespaces
    ? { key, operator: "In", values: namespaces }
    : { key, operator: "NotIn", values: [...systemNamespaces, own] };
  return { matchExpressions: [expression] };
}

/**
 * Excludes the hook's own pods, also where it protects its own namespace: none of them could go while it is down. A
 * Deployment's pods have a hash and five characters without vowels after its name.
 */
function notOwnPod(name: string, namespace: pulumi.Output<string>): pulumi.Output<string> {
  return pulumi.interpolate`request.namespace != '${namespace}' || !request.name.matches('^${name}-[a-z0-9]{1,10}-[b-df-hj-np-tv-z0-9]{5}$')`;
}
