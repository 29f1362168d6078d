import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterNetworkPolicyArgs } from "./args";
import { ports } from "./names";

type Spec = kubernetes.types.input.networking.v1.NetworkPolicySpec;

/** What the policy must let through besides the user's wishes. */
export interface NetworkNeeds {
  tls: boolean;
  metrics: boolean;
  sidecar: boolean;
}

/** Nodes reach each other and DNS, clients the database, and nobody else anything. */
export function networkPolicySpec(
  labels: Record<string, string>,
  args: ClusterNetworkPolicyArgs,
  { tls, metrics, sidecar }: NetworkNeeds,
): Spec {
  const tcp = (port: number) => ({ protocol: "TCP", port });
  const peers = [{ podSelector: { matchLabels: labels } }];
  const peerPorts = [ports.http, ports.epmd, ports.distribution].map(tcp);
  // The port of the Service, and that of its pods on OpenShift, where traffic is judged by where it ends.
  const dns = { ports: [53, 5353].flatMap((port) => [{ protocol: "UDP", port }, tcp(port)]) };
  const kubernetesApi = { ports: [tcp(443), tcp(6443)] };
  return {
    podSelector: { matchLabels: labels },
    policyTypes: ["Ingress", "Egress"],
    ingress: [
      { from: peers, ports: peerPorts },
      { from: args.clients ?? [{ podSelector: {} }], ports: [tcp(tls ? ports.https : ports.http)] },
      // Without a "from" anybody might read them.
      ...(metrics ? [{ from: args.metricsClients ?? peers, ports: [tcp(ports.metrics)] }] : []),
    ],
    egress: pulumi
      .output(args.egress ?? [])
      .apply((more) => [{ to: peers, ports: peerPorts }, dns, ...(sidecar ? [kubernetesApi] : []), ...more]),
  };
}
