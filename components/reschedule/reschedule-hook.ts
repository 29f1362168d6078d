import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { unawaited } from "../kubernetes/metadata";
import { readBundle } from "../kubernetes/programs/bundle";
import { mountedConfigMap, programConfigMap } from "../kubernetes/programs/config-map";
import { declareDeployment } from "../kubernetes/programs/deployment";
import { serviceAccount } from "../kubernetes/rbac";
import { grant } from "./access";
import type { RescheduleHookArgs } from "./args";
import { hookPod, programPlace } from "./pods";
import { servingCertificateOf } from "./serving-certificate";
import { settingsOf } from "./settings";
import { webhookOf } from "./webhook";

/**
 * Turns evictions of database pods into graceful moves. `kubectl drain` and autoscalers evict pods, and the API server asks
 * the hook about every eviction: the hook rejects it, and marks the pod with an annotation. Whoever knows the database —
 * Couchbase's operator, a controller of yours, or the hook itself (`reschedule`) — then moves the pod when that is safe,
 * while the drain tries again until the pod is gone.
 *
 * Takes the place of couchbase-reschedule-hook: the same decisions, codes, messages, annotations and environment
 * variables. It makes a Deployment, a Service, a ServiceAccount with the rights it needs and no others, a
 * PodDisruptionBudget, the certificate, and, once all that runs, the ValidatingWebhookConfiguration; all named after the
 * component, whose name is of lower-case letters, digits and hyphens, 46 at most. Needs Kubernetes 1.28 or newer.
 *
 * The API server does not ask about pods in the system's namespaces (`kube-system`, `kube-public`, `kube-node-lease`) and
 * the hook's own pods.
 *
 * @example
 * ```ts
 * new couch.RescheduleHook("hook", { namespaces: ["couchbase"] });
 *
 * new couch.RescheduleHook("orders-hook", {
 *   namespaces: ["shop"],
 *   preset: couch.Presets.statefulSet({ key: "app", value: "orders" }),
 *   reschedule: couch.Reschedule.DeleteAfterReady,
 * });
 * ```
 */
export class RescheduleHook extends pulumi.ComponentResource {
  /** Name of the Service that the API server calls. */
  readonly serviceName: pulumi.Output<string>;
  /** Namespace of the hook. */
  readonly namespace: pulumi.Output<string>;
  /** Name of the ValidatingWebhookConfiguration. Known once the API server asks the hook. */
  readonly webhookName: pulumi.Output<string>;
  /** When the hook's certificate ends, as ISO 8601, if this package made it. */
  readonly certificateExpires: pulumi.Output<string | undefined>;

  constructor(name: string, args: RescheduleHookArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super("pulumi-couch:index:RescheduleHook", name, args, opts);
    const settings = settingsOf(name, args);
    const child = { parent: this };

    const service = new kubernetes.core.v1.Service(
      name,
      {
        // Pulumi waits for the Deployment, which shows more.
        metadata: settings.metadata.first(name, unawaited),
        spec: { selector: settings.selector, ports: [{ name: "https", port: 443, targetPort: "https" }] },
      },
      child,
    );
    // As the provider has it, where it is not given.
    this.namespace = service.metadata.namespace;
    this.serviceName = service.metadata.name;
    const metadata = settings.metadata.in(this.namespace);

    const account = serviceAccount(name, metadata.of(name), child);
    const grantee = { account: { name: account.metadata.name, namespace: this.namespace }, metadata };
    const granted = grant(settings, grantee, child);
    const bundle = readBundle("reschedule");
    const configMap = programConfigMap(`${name}-program`, bundle, metadata, child);
    const serving = servingCertificateOf({ name, namespace: this.namespace, metadata }, settings.certificate, child);
    this.certificateExpires = serving.expires;

    const pod = hookPod(settings, {
      serviceAccount: account.metadata,
      program: mountedConfigMap(bundle, configMap.metadata.name, programPlace),
      certificate: serving.secret,
    });
    const { selector, replicas } = settings;
    const deployment = declareDeployment(name, { metadata, selector, replicas, pod }, child, granted);
    const webhook = new kubernetes.admissionregistration.v1.ValidatingWebhookConfiguration(
      name,
      {
        // There may be a hook of this name in another namespace.
        metadata: metadata.in(undefined).of(pulumi.interpolate`${this.namespace}-${name}`, serving.annotations),
        webhooks: [webhookOf(settings, this.namespace, serving.caBundle)],
      },
      // Created last and deleted first: an eviction must not wait for a hook that doesn't run.
      { ...child, dependsOn: [deployment] },
    );
    this.webhookName = webhook.metadata.name;

    const { serviceName, namespace, webhookName, certificateExpires } = this;
    this.registerOutputs({ serviceName, namespace, webhookName, certificateExpires });
  }
}
