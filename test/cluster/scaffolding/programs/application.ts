import * as kubernetes from "@pulumi/kubernetes";
import type { PulumiFn } from "@pulumi/pulumi/automation";

/** Kubernetes programs with which the plugin is tried. */

interface Application {
  namespace: string;
  greeting: string;
  replicas: number;
}

const labels = { app: "web" };

/** A stack of one of each kind that matters: with the stack itself and the namespace, nine resources. */
export function application({ namespace, greeting, replicas }: Application): PulumiFn {
  return async () => {
    const { metadata } = new kubernetes.core.v1.Namespace("space", { metadata: { name: namespace } });
    const inSpace = { namespace: metadata.name };
    new kubernetes.core.v1.ConfigMap("settings", { metadata: inSpace, data: { greeting } });
    new kubernetes.core.v1.Secret("secret", { metadata: inSpace, stringData: { password: "in plain sight" } });
    new kubernetes.core.v1.ServiceAccount("account", { metadata: inSpace });
    const annotations: Record<string, string> = replicas === 0 ? { "pulumi.com/skipAwait": "true" } : {};
    new kubernetes.core.v1.Service("web", {
      metadata: { ...inSpace, name: "web", annotations },
      spec: { type: "ClusterIP", selector: labels, ports: [{ name: "http", port: 80, targetPort: 8080 }] },
    });
    new kubernetes.core.v1.Service("peers", {
      metadata: { ...inSpace, name: "peers" },
      spec: { clusterIP: "None", selector: { app: "set" }, ports: [{ name: "http", port: 80 }] },
    });
    new kubernetes.apps.v1.Deployment("web", {
      metadata: { ...inSpace, name: "web" },
      spec: { replicas, selector: { matchLabels: labels }, template: podTemplate(labels) },
    });
    new kubernetes.apps.v1.StatefulSet("set", {
      metadata: { ...inSpace, name: "set" },
      spec: {
        serviceName: "peers",
        replicas,
        selector: { matchLabels: { app: "set" } },
        template: podTemplate({ app: "set" }),
      },
    });
  };
}

/** A Service in a namespace that is there already. */
export function addedService(namespace: string, { port }: { port: number }): PulumiFn {
  return async () => {
    new kubernetes.core.v1.Service("added", {
      metadata: { namespace, name: "added" },
      spec: { selector: labels, ports: [{ port, targetPort: 80 }] },
    });
  };
}

/** `program`, and a second resource that is the same Service and wants it otherwise. */
export function withClaimOnService(namespace: string, program: PulumiFn): PulumiFn {
  return async () => {
    await program();
    new kubernetes.core.v1.Service("claim", {
      metadata: { namespace, name: "web", annotations: { "pulumi.com/skipAwait": "true" } },
      spec: { type: "NodePort", ports: [{ name: "http", port: 80, targetPort: 8080 }] },
    });
  };
}

/** A Deployment whose pods find no node, or do. */
export function stuckDeployment({ namespace, stuck }: { namespace: string; stuck: boolean }): PulumiFn {
  return async () => {
    const { metadata } = new kubernetes.core.v1.Namespace("space", { metadata: { name: namespace } });
    const nodeSelector: Record<string, string> = stuck ? { "pulumi-couch/no-such": "node" } : {};
    const template = podTemplate(labels);
    new kubernetes.apps.v1.Deployment("stuck", {
      metadata: {
        namespace: metadata.name,
        name: "stuck",
        annotations: { "pulumi.com/timeoutSeconds": stuck ? "5" : "60" },
      },
      spec: { selector: { matchLabels: labels }, template: { ...template, spec: { ...template.spec, nodeSelector } } },
    });
  };
}

function podTemplate(podLabels: Record<string, string>) {
  const resources = { requests: { cpu: "0.01", memory: "16384Ki" } };
  const command = ["node", "-e", "setInterval(() => {}, 1e9); process.on('SIGTERM', () => process.exit())"];
  const container = { name: "main", image: "docker.io/library/node:22-slim", command, resources };
  return {
    metadata: { labels: podLabels },
    spec: { terminationGracePeriodSeconds: 1, containers: [{ ...container, imagePullPolicy: "IfNotPresent" }] },
  };
}
