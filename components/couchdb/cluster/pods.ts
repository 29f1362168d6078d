import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { restricted } from "../../kubernetes/metadata";
import { authorizationFile, couchDbContainer, couchDbUser, secretFolder } from "./container";
import { tlsFolder } from "./ini";
import type { Settings } from "./settings";
import { spreadOf } from "./spread";

type PodSpec = kubernetes.types.input.core.v1.PodSpec;

/** Name of the volume with a node's data, first part of its claim's name: `data-orders-0`. */
export const dataVolume = "data";

/** The node Secret's ini file. */
export const credentialsFile = "credentials.ini";

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
    securityContext: args.podSecurityContext ?? {
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
    containers: [
      couchDbContainer({
        image,
        imagePullPolicy: args.imagePullPolicy,
        headlessService: references.headlessService,
        clusterDomain: settings.clusterDomain,
        nodeSecret: names.nodeSecret,
        erlangFlags: args.erlangFlags ?? "+Q 65536",
        environment: settings.environment,
        resources: args.resources ?? { requests: { cpu: "250m", memory: "512Mi" } },
        probes: args.probes ?? {},
        securityContext: args.securityContext ?? restricted,
        drainSeconds: settings.drainSeconds,
        metrics,
        tls,
        volumeMounts: [
          { name: dataVolume, mountPath: "/opt/couchdb/data" },
          { name: "config", mountPath: "/opt/couchdb/etc/default.d", readOnly: true },
          { name: "local", mountPath: "/opt/couchdb/etc/local.d" },
          { name: "secret", mountPath: secretFolder, readOnly: true },
          ...(args.tls ? [{ name: "tls", mountPath: tlsFolder, readOnly: true }] : []),
        ],
      }),
    ],
    volumes: [
      configVolume(references.config, names.nodeSecret),
      // Holds what is configured at run time, outlives a crash and dies with the pod. Nothing need be copied into it, so
      // no init container delays the start.
      { name: "local", emptyDir: {} },
      secretVolume("secret", names.nodeSecret, [authorizationFile]),
      ...(args.tls ? [secretVolume("tls", args.tls.secretName)] : []),
    ],
  };
}

/** The files of `default.d`: what may be read by all, and what may not. */
function configVolume(config: pulumi.Input<string>, nodeSecret: string) {
  const credentials = { name: nodeSecret, items: [{ key: credentialsFile, path: credentialsFile }] };
  const sources = [{ configMap: { name: config } }, { secret: credentials }];
  return { name: "config", projected: { defaultMode: readableByGroup, sources } };
}

function secretVolume(name: string, secretName: pulumi.Input<string>, keys?: string[]) {
  const items = keys?.map((key) => ({ key, path: key }));
  return { name, secret: { secretName, defaultMode: readableByGroup, items } };
}

const readableByGroup = 0o440;
