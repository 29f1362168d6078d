import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { imagePullSecretsOf } from "../../kubernetes/image-pull";
import { restricted, restrictedPod } from "../../kubernetes/security";
import { defaultZoneLabel, spreadOf } from "../../kubernetes/spread";
import { derived } from "../../validation/arguments";
import { authorizationFile, couchDbContainer, couchDbUser, secretFolder } from "./container";
import { tlsFolder } from "./ini";
import type { Settings } from "./settings";

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
  const zoneLabel = args.zoneLabel ?? defaultZoneLabel;
  const placed = <K extends "affinity" | "topologySpreadConstraints">(key: K) =>
    derived([spread, zoneLabel], ([how, zone]) => spreadOf(how, selector, zone)[key]) as PodSpec[K];
  return {
    serviceAccountName: references.serviceAccount,
    automountServiceAccountToken: false,
    // CouchDB needs no environment variables for Services, and thousands of them slow the start of a pod.
    enableServiceLinks: false,
    imagePullSecrets: imagePullSecretsOf(args.imagePullSecrets),
    securityContext: args.podSecurityContext ?? {
      ...restrictedPod(couchDbUser),
      // Kubernetes need not check every file of a large volume at each start.
      fsGroupChangePolicy: "OnRootMismatch",
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
        imagePullPolicy: settings.imagePullPolicy,
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
      // Holds what is configured at run time: it outlives a crash, and is deleted with the pod.
      { name: "local", emptyDir: {} },
      secretVolume("secret", names.nodeSecret, [authorizationFile]),
      ...(args.tls ? [secretVolume("tls", args.tls.secretName)] : []),
    ],
  };
}

/** The files of `default.d`: the public configuration and the secret one. */
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
