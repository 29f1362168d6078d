import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { derived } from "../../validation/arguments";
import { ports } from "./names";
import type { ClusterNetworkPolicyArgs } from "./network-args";

type Spec = kubernetes.types.input.networking.v1.NetworkPolicySpec;
type Peer = kubernetes.types.input.networking.v1.NetworkPolicyPeer;

/** What the policy must allow besides what the user gives. */
export interface NetworkNeeds {
  tls: boolean;
  metrics: boolean;
  sidecar: boolean;
}

/** Nodes may reach each other and DNS, and clients the database. Nothing else is allowed. */
export function networkPolicySpec(
  labels: Record<string, string>,
  args: ClusterNetworkPolicyArgs,
  { tls, metrics, sidecar }: NetworkNeeds,
): Spec {
  const tcp = (port: number) => ({ protocol: "TCP", port });
  const peers = [{ podSelector: { matchLabels: labels } }];
  const peerPorts = [ports.http, ports.epmd, ports.distribution].map(tcp);
  // The port of the Service, and that of its pods on OpenShift, where policies apply to the final port.
  const dns = { ports: [53, 5353].flatMap((port) => [{ protocol: "UDP", port }, tcp(port)]) };
  const kubernetesApi = { ports: [443, 6443, 8443, 16443].map(tcp) };
  // To Kubernetes a rule without peers allows all peers; here an empty list allows none.
  const letIn = (from: pulumi.Unwrap<Peer>[], port: number) => (from.length > 0 ? [{ from, ports: [tcp(port)] }] : []);
  return {
    podSelector: { matchLabels: labels },
    policyTypes: ["Ingress", "Egress"],
    ingress: derived([args.clients ?? [{ podSelector: {} }], args.metricsClients ?? peers], ([clients, readers]) => [
      { from: peers, ports: peerPorts },
      ...letIn(clients, tls ? ports.https : ports.http),
      ...(metrics ? letIn(readers, ports.metrics) : []),
    ]),
    egress: derived(args.egress ?? [], (more) => {
      const named = more.filter((rule) => rule.to?.length !== 0 && rule.ports?.length !== 0);
      return [{ to: peers, ports: peerPorts }, dns, ...(sidecar ? [kubernetesApi] : []), ...named];
    }),
  };
}
