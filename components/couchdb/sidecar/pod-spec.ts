import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { nodeUser, programContainer } from "../../kubernetes/programs/container";
import type { MountedProgram } from "../../kubernetes/programs/mounted";
import { restrictedReadOnly } from "../../kubernetes/security";
import type { CouchDiscoverArgs } from "./args";

type PodSpec = kubernetes.types.input.core.v1.PodSpec;
type Container = kubernetes.types.input.core.v1.Container;
type EnvVar = kubernetes.types.input.core.v1.EnvVar;

/** Name of the container. */
export const containerName = "couch-discover";

/**
 * A small young generation, few threads, and no optimizing compilers: most of the memory is Node.js itself.
 */
export const nodeOptions = [
  "--max-old-space-size=32",
  "--max-semi-space-size=1",
  "--v8-pool-size=1",
  "--no-opt",
  "--no-maglev",
  "--no-sparkplug",
];

/** Where the program is mounted. */
export const programPlace = { volume: `${containerName}-program`, folder: "/opt/couch-discover" };

const adminFolder = "/var/run/couch-discover";
const accountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";
const volumes = { account: `${containerName}-account`, admin: `${containerName}-admin` };

/** What the container is made of, besides the arguments. */
export interface Parts {
  program: MountedProgram;
  serviceAccountName: PodSpec["serviceAccountName"];
  /** Port of `/ready` and `/health`. */
  port: number;
  /** Whether the pod sets a user other than root. */
  podSetsUser: boolean;
}

type Settings = Omit<CouchDiscoverArgs, "podSpec">;

/** The pod spec with the container, and with a ServiceAccount whose token is mounted into no other one. */
export function withContainer(podSpec: PodSpec, containers: Container[], args: Settings, parts: Parts): PodSpec {
  const others = (podSpec.volumes ?? []) as kubernetes.types.input.core.v1.Volume[];
  return {
    ...podSpec,
    serviceAccountName: parts.serviceAccountName,
    automountServiceAccountToken: podSpec.automountServiceAccountToken ?? false,
    containers: [...containers, container(args, parts)],
    volumes: [...others, ...volumesOf(args, parts)],
  };
}

function container(args: Settings, { program, port, podSetsUser }: Parts): Container {
  const probe = (path: string) => ({ httpGet: { path, port } });
  return programContainer({
    name: containerName,
    program,
    image: args.image,
    nodeOptions,
    env: environment(args, port),
    ports: [{ name: "discover", containerPort: port }],
    readinessProbe: { ...probe("/ready"), periodSeconds: 2, failureThreshold: 3 },
    livenessProbe: { ...probe("/health"), periodSeconds: 10, failureThreshold: 6, timeoutSeconds: 5 },
    resources: args.resources ?? { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "64Mi" } },
    securityContext: args.securityContext ?? {
      ...restrictedReadOnly,
      ...(!podSetsUser && { runAsUser: nodeUser, runAsGroup: nodeUser }),
    },
    volumeMounts: [
      { name: volumes.account, mountPath: accountFolder, readOnly: true },
      ...(args.adminSecret ? [{ name: volumes.admin, mountPath: adminFolder, readOnly: true }] : []),
    ],
  });
}

function environment({ adminSecret, replicas, clusterDomain, logLevel }: Settings, port: number): EnvVar[] {
  const given = (name: string, value: EnvVar["value"]) => (value === undefined ? [] : [{ name, value }]);
  return [
    ...(adminSecret
      ? [
          { name: "COUCHDB_ADMIN_USER_FILE", value: `${adminFolder}/user` },
          { name: "COUCHDB_ADMIN_PASS_FILE", value: `${adminFolder}/password` },
        ]
      : []),
    ...given("COUCHDB_CLUSTER_SIZE", replicas === undefined ? undefined : pulumi.interpolate`${replicas}`),
    ...given("CLUSTER_DOMAIN", clusterDomain),
    ...given("LOG_LEVEL", logLevel),
    ...given("HEALTH_PORT", String(port)),
  ];
}

function volumesOf({ adminSecret }: Settings, { program }: Parts): kubernetes.types.input.core.v1.Volume[] {
  const admin = adminSecret && {
    name: volumes.admin,
    secret: {
      secretName: adminSecret.name,
      items: [
        { key: adminSecret.usernameKey ?? "username", path: "user" },
        { key: adminSecret.passwordKey ?? "password", path: "password" },
      ],
    },
  };
  return [
    ...program.volumes,
    {
      name: volumes.account,
      projected: {
        sources: [
          { serviceAccountToken: { path: "token", expirationSeconds: 3600 } },
          { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
        ],
      },
    },
    ...(admin ? [admin] : []),
  ];
}
