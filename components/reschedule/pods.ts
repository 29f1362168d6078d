import * as pulumi from "@pulumi/pulumi";
import type { ProgramContainer } from "../kubernetes/programs/container";
import type { MountedProgram } from "../kubernetes/programs/mounted";
import type { ProgramPod } from "../kubernetes/programs/pod";
import { derived } from "../validation/arguments";
import type { Settings } from "./settings";

/** Port of the container that takes reviews, and the one that serves metrics. */
const ports = { https: 8443, metrics: 9090 };

/** Where the program is mounted. */
export const programPlace = { volume: "program", folder: "/opt/reschedule-hook" };

const certificateFolder = "/etc/webhook/certs";

/** Seconds for which a stopping pod goes on answering: until the API server sends it nothing more. */
const drainSeconds = 5;

/** The ServiceAccount that the pods run as. */
export interface ServiceAccount {
  name: pulumi.Output<string>;
  uid: pulumi.Output<string>;
}

/** Other objects that the pods refer to. */
export interface PodReferences {
  serviceAccount: ServiceAccount;
  program: MountedProgram;
  /** Secret with the certificate. */
  certificate: pulumi.Input<string>;
}

/** The pods that run the hook. */
export function hookPod(settings: Settings, references: PodReferences): ProgramPod {
  const { args, timeoutSeconds } = settings;
  return {
    placement: args,
    serviceAccountName: references.serviceAccount.name,
    terminationGracePeriodSeconds: derived(timeoutSeconds, (seconds) => drainSeconds + seconds + 5),
    container: container(settings, references),
    volumes: [{ name: "certificate", secret: { secretName: references.certificate, defaultMode: 0o440 } }],
  };
}

function container(settings: Settings, { program, serviceAccount }: PodReferences): ProgramContainer {
  const { args } = settings;
  return {
    name: "reschedule-hook",
    program,
    image: args.image,
    imagePullPolicy: settings.imagePullPolicy,
    // Little room for short-lived objects: most of the memory is Node.js itself.
    nodeOptions: ["--max-old-space-size=48", "--max-semi-space-size=2"],
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
    volumeMounts: [{ name: "certificate", mountPath: certificateFolder, readOnly: true }],
  };
}

function environment(settings: Settings, serviceAccount: ServiceAccount): ProgramContainer["env"] {
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
    // The program makes the Lease, owned by the ServiceAccount, which takes it along when it is deleted.
    { name: "SERVICE_ACCOUNT_NAME", value: serviceAccount.name },
    { name: "SERVICE_ACCOUNT_UID", value: serviceAccount.uid },
    // The program must answer before the API server stops waiting.
    { name: "REQUEST_TIMEOUT_SECONDS", value: derived(settings.timeoutSeconds, (seconds) => String(seconds - 1)) },
    { name: "LOG_LEVEL", value: settings.logLevel },
    { name: "POD_NAME", valueFrom: own("metadata.name") },
    { name: "POD_NAMESPACE", valueFrom: own("metadata.namespace") },
  ];
}
