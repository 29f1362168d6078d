import type * as pulumi from "@pulumi/pulumi";
import type { ResolvedInputs } from "../../dynamic/inputs";

/** The Kubernetes cluster that nodes run in, for a Pulumi program outside of it. State holds this encrypted. */
export interface KubernetesAccessArgs {
  /**
   * The kubeconfig: its text, or the path of a file. Default: the ambient one, from the environment variable
   * `KUBECONFIG`, `~/.kube/config`, or the service account of the pod that Pulumi runs in.
   */
  kubeconfig?: pulumi.Input<string>;
  /** Context in the kubeconfig. Default: its current one. */
  context?: pulumi.Input<string>;
}

/** Which Kubernetes cluster nodes run in, for whoever reaches them from outside: {@link KubernetesAccessArgs}, resolved. */
export interface KubernetesAccess extends ResolvedInputs<KubernetesAccessArgs> {}

/** A pod, and the port on which it speaks HTTP. */
export interface PodAddress {
  namespace: string;
  pod: string;
  port: number;
}

/** The pod that a URL of the form `http://POD.SERVICE.NAMESPACE.svc.DOMAIN:PORT` names, if it is of that form. */
export function podAddress(url: string): PodAddress | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, hostname, port } = new URL(url);
  const [pod, service, namespace, svc] = hostname.split(".");
  if (!pod || !service || !namespace || svc !== "svc") return undefined;
  return { namespace, pod, port: Number(port) || (protocol === "https:" ? 443 : 80) };
}

/** What is wrong with the URL of a node that is reached through Kubernetes, or `undefined`. */
export function podUrlProblem(url: string): string | undefined {
  if (podAddress(url)) return undefined;
  return "with `kubernetes`, give it as the pod's own name in the cluster: http://POD.SERVICE.NAMESPACE.svc.DOMAIN:PORT";
}
