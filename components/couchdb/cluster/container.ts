import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { derived } from "../../validation/arguments";
import { ports } from "./names";
import type { ClusterProbesArgs, ProbeTimingArgs } from "./pod-args";

type Container = kubernetes.types.input.core.v1.Container;

/** Where the node Secret is mounted while a node runs. */
export const secretFolder = "/opt/couchdb/secret";

/** File in it with user and password as HTTP's Basic scheme wants them. */
export const authorizationFile = "authorization";

/** User and group that own CouchDB's files in its image. */
export const couchDbUser = 5984;

/** The probes of a node. */
export function probesOf(
  probes: ClusterProbesArgs,
): Pick<Container, "startupProbe" | "livenessProbe" | "readinessProbe"> {
  const listening = { tcpSocket: { port: "http" } };
  // See https://docs.couchdb.org/en/stable/api/server/common.html#up
  const up = { httpGet: { path: "/_up", port: "http" } };
  return {
    startupProbe: { ...listening, ...timing(probes.startup, 5, 60) },
    livenessProbe: { ...listening, ...timing(probes.liveness, 10, 6) },
    readinessProbe: { ...up, ...timing(probes.readiness, 5, 3, 5) },
  };
}

function timing(given: ProbeTimingArgs = {}, periodSeconds: number, failureThreshold: number, timeoutSeconds = 1) {
  return { periodSeconds, failureThreshold, timeoutSeconds, ...given };
}

/**
 * What a node does before it stops: it leaves load balancing, and goes on serving for a while. The image has no curl, but
 * bash, which speaks TCP; so nothing secret is on a command line. The mode is not written to disk, as it must not outlive
 * the process.
 */
export function preStopScript(drainSeconds: number): string {
  return [
    // See https://docs.couchdb.org/en/stable/config/couchdb.html
    "path=/_node/_local/_config/couchdb/maintenance_mode",
    `read -r basic < ${secretFolder}/${authorizationFile}`,
    `if exec 3<>/dev/tcp/127.0.0.1/${ports.http}; then`,
    `  printf 'PUT %s HTTP/1.1\\r\\nHost: localhost\\r\\nAuthorization: Basic %s\\r\\nX-Couch-Persist: false\\r\\nContent-Type: application/json\\r\\nContent-Length: 6\\r\\nConnection: close\\r\\n\\r\\n"nolb"' "$path" "$basic" >&3`,
    "  read -r -t 5 answer <&3",
    "fi",
    `sleep ${drainSeconds}`,
  ].join("\n");
}

/** What in a container depends on the cluster's arguments. */
export interface ContainerArgs {
  image: pulumi.Input<string>;
  imagePullPolicy?: pulumi.Input<string>;
  headlessService: pulumi.Input<string>;
  clusterDomain: pulumi.Input<string>;
  nodeSecret: pulumi.Input<string>;
  erlangFlags: pulumi.Input<string>;
  /** Variables besides those that every node has. */
  environment: pulumi.Input<pulumi.Input<kubernetes.types.input.core.v1.EnvVar>[]>;
  resources: pulumi.Input<kubernetes.types.input.core.v1.ResourceRequirements>;
  probes: ClusterProbesArgs;
  securityContext: pulumi.Input<kubernetes.types.input.core.v1.SecurityContext>;
  drainSeconds: pulumi.Input<number>;
  metrics: boolean;
  tls: boolean;
  volumeMounts: kubernetes.types.input.core.v1.VolumeMount[];
}

/** The container that runs CouchDB. */
export function couchDbContainer(args: ContainerArgs): Container {
  const own = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  return {
    name: "couchdb",
    image: args.image,
    imagePullPolicy: args.imagePullPolicy,
    // Not the administrator's name and password, which each node would hash for itself: see credentials.ini.
    env: derived(args.environment, (more) => [
      own("POD_NAME", "metadata.name"),
      own("POD_NAMESPACE", "metadata.namespace"),
      {
        name: "NODENAME",
        value: pulumi.interpolate`$(POD_NAME).${args.headlessService}.$(POD_NAMESPACE).svc.${args.clusterDomain}`,
      },
      {
        name: "COUCHDB_ERLANG_COOKIE",
        valueFrom: { secretKeyRef: { name: args.nodeSecret, key: "erlangCookie" } },
      },
      { name: "ERL_FLAGS", value: args.erlangFlags },
      ...more,
    ]),
    ports: [
      { name: "http", containerPort: ports.http },
      ...(args.tls ? [{ name: "https", containerPort: ports.https }] : []),
      { name: "epmd", containerPort: ports.epmd },
      { name: "distribution", containerPort: ports.distribution },
      ...(args.metrics ? [{ name: "metrics", containerPort: ports.metrics }] : []),
    ],
    ...probesOf(args.probes),
    lifecycle: {
      preStop: { exec: { command: ["bash", "-c", derived(args.drainSeconds, preStopScript)] } },
    },
    resources: args.resources,
    securityContext: args.securityContext,
    volumeMounts: args.volumeMounts,
  };
}
