import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterTlsArgs, CouchDbClusterArgs } from "./args";
import { couchDbContainer, couchDbUser, restricted, secretFolder } from "./container";
import { tlsFolder } from "./ini";
import type { Settings } from "./settings";
import { spreadOf } from "./spread";

type PodSpec = kubernetes.types.input.core.v1.PodSpec;

/** Name of the volume with a node's data, first part of its claim's name: `data-orders-0`. */
export const dataVolume = "data";

/** The node Secret's key with what `local.d` is filled with. */
export const credentialsFile = "credentials.ini";

const localFolder = "/opt/couchdb/etc/local.d";
const initSecretFolder = "/run/couchdb";

/** Names of the objects that the pods refer to. */
export interface PodReferences {
  headlessService: pulumi.Output<string>;
  serviceAccount: pulumi.Output<string>;
  config: pulumi.Output<string>;
}

/** The pod of one node. Passes the restricted Pod Security Standard. */
export function podSpec(settings: Settings, references: PodReferences): PodSpec {
  const { args, names, image, spread, selector, tls, metrics } = settings;
  const zoneLabel = args.zoneLabel ?? "topology.kubernetes.io/zone";
  const placed = <K extends "affinity" | "topologySpreadConstraints">(key: K) =>
    pulumi.all([spread, zoneLabel]).apply(([how, zone]) => spreadOf(how, selector, zone)[key]) as PodSpec[K];
  return {
    serviceAccountName: references.serviceAccount,
    automountServiceAccountToken: false,
    // Names of Services as environment variables are no use to CouchDB, and thousands of them slow a pod's start.
    enableServiceLinks: false,
    imagePullSecrets:
      args.imagePullSecrets && pulumi.output(args.imagePullSecrets).apply((names) => names.map((name) => ({ name }))),
    securityContext: {
      runAsUser: couchDbUser,
      runAsGroup: couchDbUser,
      fsGroup: couchDbUser,
      // A volume of many files is not walked through at each start.
      fsGroupChangePolicy: "OnRootMismatch",
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    },
    terminationGracePeriodSeconds: settings.graceSeconds,
    priorityClassName: args.priorityClassName,
    nodeSelector: args.nodeSelector,
    tolerations: args.tolerations,
    affinity: placed("affinity"),
    topologySpreadConstraints: placed("topologySpreadConstraints"),
    initContainers: [fillLocalFolder(args, image)],
    containers: [
      couchDbContainer({
        image,
        imagePullPolicy: args.imagePullPolicy,
        headlessService: references.headlessService,
        clusterDomain: settings.clusterDomain,
        nodeSecret: names.nodeSecret,
        erlangFlags: args.erlangFlags ?? "+Q 65536",
        resources: args.resources ?? { requests: { cpu: "250m", memory: "512Mi" } },
        probes: args.probes ?? {},
        drainSeconds: settings.drainSeconds,
        metrics,
        tls,
        volumeMounts: [
          { name: dataVolume, mountPath: "/opt/couchdb/data" },
          { name: "config", mountPath: "/opt/couchdb/etc/default.d", readOnly: true },
          { name: "local", mountPath: localFolder },
          { name: "secret", mountPath: secretFolder, readOnly: true },
          ...(args.tls ? [{ name: "tls", mountPath: tlsFolder, readOnly: true }] : []),
        ],
      }),
    ],
    volumes: [
      { name: "config", configMap: { name: references.config } },
      // Holds the administrator's hash and what is configured at run time, and dies with the pod.
      { name: "local", emptyDir: {} },
      { name: "secret", secret: { secretName: names.nodeSecret, defaultMode: 0o440 } },
      ...(args.tls ? [tlsVolume(args.tls)] : []),
    ],
  };
}

/** Of CouchDB's own image, so that there is no second one to pull. */
function fillLocalFolder(args: CouchDbClusterArgs, image: pulumi.Output<string>) {
  return {
    name: "credentials",
    image,
    imagePullPolicy: args.imagePullPolicy,
    command: ["sh", "-c", `umask 077 && cp ${initSecretFolder}/${credentialsFile} ${localFolder}/`],
    securityContext: restricted,
    resources: { requests: { cpu: "10m", memory: "16Mi" } },
    volumeMounts: [
      { name: "local", mountPath: localFolder },
      { name: "secret", mountPath: initSecretFolder, readOnly: true },
    ],
  };
}

function tlsVolume(tls: ClusterTlsArgs) {
  return { name: "tls", secret: { secretName: tls.secretName, defaultMode: 0o440 } };
}
