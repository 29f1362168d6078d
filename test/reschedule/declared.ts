import { rootCertificates } from "node:tls";
import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { RescheduleHook, type RescheduleHookArgs } from "../../components";
import { inputsOf, known, registered, settled } from "../mocks";

/** Any certificate there is. */
export const authorities = `${rootCertificates[0]}\n`;

export type Deployment = kubernetes.types.output.apps.v1.Deployment;
type Role = kubernetes.types.output.rbac.v1.Role;
type Webhooks = { webhooks: kubernetes.types.output.admissionregistration.v1.ValidatingWebhook[] };
export type Metadata = { metadata: kubernetes.types.output.meta.v1.ObjectMeta };

/** Declares a hook in the namespace `tools`, and waits until all that belongs to it is registered. */
export async function hook(
  args: RescheduleHookArgs = {},
  opts?: pulumi.ComponentResourceOptions,
): Promise<RescheduleHook> {
  const made = new RescheduleHook("hook", { namespace: "tools", ...args }, opts);
  await known(made.webhookName);
  await settled();
  return made;
}

/** Kinds and names in Kubernetes of what is registered. */
export function objects(): string[] {
  return registered
    .map(({ type, inputs }) => `${type.split(":").at(-1)} ${(inputs as Partial<Metadata>).metadata?.name ?? ""}`.trim())
    .map((object) => object.replace(/[0-9a-f]{10}$/, "HASH"))
    .sort();
}

/** The container of the hook's pods. */
export function container(): kubernetes.types.output.core.v1.Container {
  return inputsOf<Deployment>("Deployment").spec.template.spec.containers[0]!;
}

/** Rules of a role as `resources: verbs`. */
export function rules(kind: string, name?: string): string[] {
  const all = inputsOf<Role>(kind, name).rules;
  return all.map((rule) => [rule.resources, ...(rule.resourceNames ?? [])].join(" ").concat(`: ${rule.verbs.join()}`));
}

/** What the API server is told of the hook. */
export function webhook(): kubernetes.types.output.admissionregistration.v1.ValidatingWebhook {
  return inputsOf<Webhooks>("ValidatingWebhookConfiguration").webhooks[0]!;
}
