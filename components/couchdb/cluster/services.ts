import type * as kubernetes from "@pulumi/kubernetes";
import { ports } from "./names";
import type { ClusterIngressArgs, ClusterServiceArgs } from "./network-args";

type ServiceSpec = kubernetes.types.input.core.v1.ServiceSpec;
type IngressSpec = kubernetes.types.input.networking.v1.IngressSpec;

/** Gives each node a name in DNS, also before it is ready: nodes must find each other to become ready. */
export function headlessSpec(labels: Record<string, string>, metrics: boolean): ServiceSpec {
  return {
    clusterIP: "None",
    publishNotReadyAddresses: true,
    selector: labels,
    ports: [
      { name: "http", port: ports.http, targetPort: "http" },
      { name: "epmd", port: ports.epmd, targetPort: "epmd" },
      { name: "distribution", port: ports.distribution, targetPort: "distribution" },
      ...(metrics ? [{ name: "metrics", port: ports.metrics, targetPort: "metrics" }] : []),
    ],
  };
}

/** Leads clients to the nodes that are ready. */
export function clientSpec(labels: Record<string, string>, service: ClusterServiceArgs, tls: boolean): ServiceSpec {
  return { type: service.type ?? "ClusterIP", selector: labels, ports: [clientPort(tls)] };
}

function clientPort(tls: boolean) {
  return tls
    ? { name: "https", port: ports.https, targetPort: "https" }
    : { name: "http", port: ports.http, targetPort: "http" };
}

/** Leads clients outside to the Service. */
export function ingressSpec(ingress: ClusterIngressArgs, service: string, tls: boolean): IngressSpec {
  const backend = { service: { name: service, port: { name: clientPort(tls).name } } };
  return {
    ingressClassName: ingress.className,
    rules: [{ host: ingress.host, http: { paths: [{ path: ingress.path ?? "/", pathType: "Prefix", backend }] } }],
    ...(ingress.tlsSecretName && { tls: [{ hosts: [ingress.host], secretName: ingress.tlsSecretName }] }),
  };
}
