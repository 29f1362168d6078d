import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Annotations, unawaited } from "../../kubernetes/metadata";
import { networkPolicySpec } from "./network-policy";
import { ingressSpec } from "./services";
import type { Settings } from "./settings";

/** Declares what guards the pods and leads to them from outside. */
export function declarePolicies(
  name: string,
  settings: Settings,
  metadata: (...annotations: Annotations[]) => kubernetes.types.input.meta.v1.ObjectMeta,
  service: kubernetes.core.v1.Service,
  child: pulumi.CustomResourceOptions,
): void {
  const { args, selector, replicas } = settings;
  new kubernetes.policy.v1.PodDisruptionBudget(
    name,
    {
      metadata: metadata(),
      spec: {
        // Two of three nodes must answer (r = w = 2); with fewer than three, none can be spared.
        maxUnavailable: args.maxUnavailable ?? replicas.apply((count) => (count >= 3 ? 1 : 0)),
        selector: { matchLabels: selector },
      },
    },
    child,
  );
  if (args.networkPolicy?.enabled ?? true) {
    const spec = networkPolicySpec(selector, args.networkPolicy ?? {}, settings);
    new kubernetes.networking.v1.NetworkPolicy(name, { metadata: metadata(), spec }, child);
  }
  if (args.ingress) {
    const spec = ingressSpec(args.ingress, settings.names.clientService, settings.tls);
    const opts = { ...child, dependsOn: [service] };
    new kubernetes.networking.v1.Ingress(name, { metadata: metadata(unawaited, args.ingress.annotations), spec }, opts);
  }
}
