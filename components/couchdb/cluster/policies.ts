import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type ObjectMetadata, unawaited } from "../../kubernetes/metadata";
import { derived } from "../../validation/arguments";
import { networkPolicySpec } from "./network-policy";
import { ingressSpec } from "./services";
import type { Settings } from "./settings";

/** Declares what protects the pods and what leads to them from outside. */
export function declarePolicies(
  name: string,
  settings: Settings,
  metadata: ObjectMetadata,
  service: kubernetes.core.v1.Service,
  child: pulumi.CustomResourceOptions,
): void {
  const { args, selector, replicas } = settings;
  new kubernetes.policy.v1.PodDisruptionBudget(
    name,
    {
      metadata: metadata.of(name),
      spec: {
        // Two of three nodes must answer (r = w = 2); of fewer, none may be missing.
        maxUnavailable: args.maxUnavailable ?? derived(replicas, (count) => (count >= 3 ? 1 : 0)),
        selector: { matchLabels: selector },
      },
    },
    child,
  );
  if (args.networkPolicy?.enabled ?? true) {
    const spec = networkPolicySpec(selector, args.networkPolicy ?? {}, settings);
    new kubernetes.networking.v1.NetworkPolicy(name, { metadata: metadata.of(name), spec }, child);
  }
  if (args.ingress) {
    const spec = ingressSpec(args.ingress, settings.names.clientService, settings.tls);
    const opts = { ...child, dependsOn: [service] };
    new kubernetes.networking.v1.Ingress(
      name,
      { metadata: metadata.of(name, unawaited, args.ingress.annotations), spec },
      opts,
    );
  }
}
