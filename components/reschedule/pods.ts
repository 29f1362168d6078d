import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./settings";

type DeploymentSpec = kubernetes.types.input.apps.v1.DeploymentSpec;
type PodSpec = kubernetes.types.input.core.v1.PodSpec;
type Container = kubernetes.types.input.core.v1.Container;

/** Port of the container that takes reviews, and that which serves metrics. */
const ports = { https: 8443, metrics: 9090 };

const programFolder = "/opt/reschedule-hook";
const certificateFolder = "/etc/webhook/certs";

/** Seconds that a pod goes on answering after it was told to stop: until the API server sends it nothing more. */
const drainSeconds = 5;

/** User and group of the program in Node.js' image. */
const user = 1000;

/** The ServiceAccount that the pods run as. */
export interface ServiceAccount {
  name: pulumi.Output<string>;
  uid: pulumi.Output<string>;
}

/** What the pods need that has been made for them. */
export interface Parts {
  serviceAccount: ServiceAccount;
  /** ConfigMap with the program. */
  program: pulumi.Input<string>;
  /** The program's key in it. */
  file: string;
  /** Secret with the certificate. */
  certificate: pulumi.Input<string>;
}

/** The Deployment that runs the hook: always as many pods ready as declared, also while they are replaced. */
export function deploymentSpec(settings: Settings, parts: Parts): DeploymentSpec {
  return {
    replicas: settings.replicas,
    revisionHistoryLimit: 2,
    selector: { matchLabels: settings.selector },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    template: {
      metadata: { labels: settings.labels, annotations: settings.annotations() },
      spec: podSpec(settings, parts),
    },
  };
}

function podSpec(settings: Settings, parts: Parts): PodSpec {
  const { args, selector, timeoutSeconds } = settings;
  return {
    serviceAccountName: parts.serviceAccount.name,
    automountServiceAccountToken: true,
    // Else a Service named "metrics" would set METRICS_PORT, a setting of the program.
    enableServiceLinks: false,
    imagePullSecrets:
      args.imagePullSecrets && pulumi.output(args.imagePullSecrets).apply((all) => all.map((name) => ({ name }))),
    nodeSelector: args.nodeSelector,
    tolerations: args.tolerations,
    priorityClassName: args.priorityClassName,
    ...spreadOf(selector),
    terminationGracePeriodSeconds: timeoutSeconds.apply((seconds) => drainSeconds + seconds + 5),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [container(settings, parts)],
    volumes: [
      { name: "program", configMap: { name: parts.program } },
      { name: "certificate", secret: { secretName: parts.certificate, defaultMode: 0o440 } },
    ],
  };
}

/** Apart as far as there are hosts and zones: a drain of one then leaves the other to answer. */
function spreadOf(labels: Record<string, string>): Pick<PodSpec, "topologySpreadConstraints"> {
  const over = (topologyKey: string) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: labels },
  });
  return { topologySpreadConstraints: [over("kubernetes.io/hostname"), over("topology.kubernetes.io/zone")] };
}

function container(settings: Settings, { file, serviceAccount }: Parts): Container {
  const { args } = settings;
  return {
    name: "reschedule-hook",
    image: args.image ?? "node:22-slim",
    imagePullPolicy: settings.imagePullPolicy,
    // Little room for what is thrown away soon: most of the memory is Node.js itself.
    command: ["node", "--max-old-space-size=48", "--max-semi-space-size=2", `${programFolder}/${file}`],
    env: environment(settings, serviceAccount),
    ports: [
      { name: "https", containerPort: ports.https },
      { name: "metrics", containerPort: ports.metrics },
    ],
    readinessProbe: {
      httpGet: { path: "/readyz", port: "https", scheme: "HTTPS" },
      periodSeconds: 2,
      timeoutSeconds: 2,
      failureThreshold: 2,
    },
    // Not /readyz: a restart would not bring back an API server that can't be reached.
    livenessProbe: {
      httpGet: { path: "/metrics", port: "metrics" },
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 6,
    },
    lifecycle: { preStop: { exec: { command: ["sleep", String(drainSeconds)] } } },
    resources: args.resources ?? { requests: { cpu: "20m", memory: "96Mi" }, limits: { memory: "128Mi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
    },
    volumeMounts: [
      { name: "program", mountPath: programFolder, readOnly: true },
      { name: "certificate", mountPath: certificateFolder, readOnly: true },
    ],
  };
}

function environment(settings: Settings, serviceAccount: ServiceAccount): Container["env"] {
  const { args, protectedLabel, annotation, namespaces } = settings;
  const own = (fieldPath: string) => ({ fieldRef: { fieldPath } });
  return [
    { name: "POD_LABEL_SELECTOR_KEY", value: protectedLabel.key },
    { name: "POD_LABEL_SELECTOR_VALUE", value: protectedLabel.value },
    { name: "RESCHEDULE_ANNOTATION_KEY", value: annotation.key },
    { name: "RESCHEDULE_ANNOTATION_VALUE", value: annotation.value },
    { name: "TLS_CERT_FILE", value: `${certificateFolder}/tls.crt` },
    { name: "TLS_KEY_FILE", value: `${certificateFolder}/tls.key` },
    { name: "TRACK_RESCHEDULED_PODS", value: pulumi.interpolate`${settings.tracking}` },
    { name: "TRACKING_RESOURCE_TYPE", value: settings.trackingResource },
    { name: "RESCHEDULE", value: args.reschedule ?? "" },
    { name: "NAMESPACES", value: pulumi.all(namespaces ?? []).apply((all) => [...all].sort().join(",")) },
    { name: "LEASE_NAME", value: settings.name },
    // With it goes the Lease, which the program makes.
    { name: "SERVICE_ACCOUNT_NAME", value: serviceAccount.name },
    { name: "SERVICE_ACCOUNT_UID", value: serviceAccount.uid },
    // The program must answer before the API server stops waiting.
    { name: "REQUEST_TIMEOUT_SECONDS", value: settings.timeoutSeconds.apply((seconds) => String(seconds - 1)) },
    { name: "MALLOC_ARENA_MAX", value: "1" },
    { name: "LOG_LEVEL", value: settings.logLevel },
    { name: "POD_NAME", valueFrom: own("metadata.name") },
    { name: "POD_NAMESPACE", valueFrom: own("metadata.namespace") },
  ];
}
