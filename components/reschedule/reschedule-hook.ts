import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Annotations, managedAs, ownedByStack, unawaited } from "../kubernetes/metadata";
import { programConfigMap, readProgram } from "../kubernetes/program-bundle";
import { grant } from "./access";
import type { RescheduleHookArgs } from "./args";
import { deploymentSpec } from "./pods";
import { servingCertificateOf } from "./serving-certificate";
import { settingsOf } from "./settings";
import { webhookOf } from "./webhook";

/**
 * Turns evictions of database pods into graceful moves: the API server asks the hook about every eviction, as
 * `kubectl drain` and autoscalers cause them; the hook refuses it, and marks the pod with an annotation. Who knows the
 * database — Couchbase's operator, a controller of yours, or the hook itself (`reschedule`) — then moves the pod when
 * that harms nobody, while the drain tries again until the pod is gone.
 *
 * Takes the place of couchbase-reschedule-hook: the same decisions, codes, messages, annotations and environment
 * variables. Made are a Deployment, a Service, a ServiceAccount with the rights it needs and no others, a
 * PodDisruptionBudget, the certificate, and, once all that runs, the ValidatingWebhookConfiguration; all named after the
 * component, whose name is of lower-case letters, digits and hyphens, 46 at most. Needs Kubernetes 1.28 or newer.
 *
 * The hook is not asked about pods in the system's namespaces (`kube-system`, `kube-public`, `kube-node-lease`), nor about
 * its own.
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
  /** Name of the ValidatingWebhookConfiguration. Known once the hook is asked. */
  readonly webhookName: pulumi.Output<string>;
  /** When the hook's certificate ends, as ISO 8601, if it was made by this package. */
  readonly certificateExpires: pulumi.Output<string | undefined>;

  constructor(name: string, args: RescheduleHookArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super("pulumi-couch:index:RescheduleHook", name, args, opts);
    const settings = settingsOf(name, args);
    const child = { parent: this };
    const { labels } = settings;

    const service = new kubernetes.core.v1.Service(
      name,
      {
        // The Deployment is waited for: that sees more.
        metadata: {
          name,
          namespace: args.namespace,
          labels,
          annotations: settings.annotations(unawaited, ownedByStack()),
        },
        spec: { selector: settings.selector, ports: [{ name: "https", port: 443, targetPort: "https" }] },
      },
      child,
    );
    // As the provider has it, where it is not given.
    this.namespace = service.metadata.namespace;
    this.serviceName = service.metadata.name;
    const shared = (...annotations: Annotations[]) => ({
      labels,
      annotations: settings.annotations(managedAs("RescheduleHook"), ...annotations),
    });
    const metadata = (objectName: pulumi.Input<string>, namespace: pulumi.Input<string> = this.namespace) => ({
      name: objectName,
      namespace,
      ...shared(),
    });

    const serviceAccount = new kubernetes.core.v1.ServiceAccount(
      name,
      { metadata: metadata(name), automountServiceAccountToken: false },
      child,
    );
    const account = { namespace: this.namespace, serviceAccount: serviceAccount.metadata.name };
    const granted = grant(
      settings,
      { ...account, metadata: (objectName, namespace) => ({ name: objectName, namespace, ...shared() }) },
      child,
    );
    const program = readProgram("reschedule");
    const configMap = programConfigMap(`${name}-program`, program, { namespace: this.namespace, ...shared() }, child);
    const serving = servingCertificateOf({ name, namespace: this.namespace, metadata }, settings.certificate, child);
    this.certificateExpires = serving.expires;

    const deployment = new kubernetes.apps.v1.Deployment(
      name,
      {
        metadata: metadata(name),
        spec: deploymentSpec(settings, {
          serviceAccount: serviceAccount.metadata,
          program: configMap.metadata.name,
          file: program.file,
          certificate: serving.secret,
        }),
      },
      { ...child, dependsOn: granted },
    );
    new kubernetes.policy.v1.PodDisruptionBudget(
      name,
      {
        metadata: metadata(name),
        // One that is not ready protects nobody: it must not hold up a drain.
        spec: {
          maxUnavailable: 1,
          unhealthyPodEvictionPolicy: "AlwaysAllow",
          selector: { matchLabels: settings.selector },
        },
      },
      child,
    );
    const webhook = new kubernetes.admissionregistration.v1.ValidatingWebhookConfiguration(
      name,
      {
        // There may be a hook of this name in another namespace.
        metadata: { name: pulumi.interpolate`${this.namespace}-${name}`, ...shared(serving.annotations) },
        webhooks: [webhookOf(settings, this.namespace, serving.caBundle)],
      },
      // The last to come and the first to go: an eviction shall not wait for a hook that doesn't run.
      { ...child, dependsOn: [deployment] },
    );
    this.webhookName = webhook.metadata.name;

    const { serviceName, namespace, webhookName, certificateExpires } = this;
    this.registerOutputs({ serviceName, namespace, webhookName, certificateExpires });
  }
}
