import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { derived } from "../../validation/arguments";
import { dataVolume } from "./pods";
import { secretsDigest } from "./secrets";
import type { Settings } from "./settings";

type PodSpec = kubernetes.types.input.core.v1.PodSpec;
type StatefulSetSpec = kubernetes.types.input.apps.v1.StatefulSetSpec;

/** The StatefulSet that runs the nodes: they start at once, and restart one by one. */
export function statefulSetSpec(
  settings: Settings,
  serviceName: pulumi.Output<string>,
  spec: pulumi.Input<PodSpec>,
): StatefulSetSpec {
  const { args, selector } = settings;
  return {
    serviceName,
    replicas: settings.replicas,
    podManagementPolicy: "Parallel",
    selector: { matchLabels: selector },
    persistentVolumeClaimRetentionPolicy: {
      whenDeleted: derived(settings.keepVolumes, (keep) => (keep ? "Retain" : "Delete")),
      whenScaled: "Retain",
    },
    template: { metadata: { labels: settings.labels, annotations: podAnnotations(settings) }, spec },
    volumeClaimTemplates: [
      {
        metadata: { name: dataVolume, labels: selector },
        spec: {
          accessModes: ["ReadWriteOnce"],
          storageClassName: args.storageClass,
          resources: { requests: { storage: settings.storageSize } },
        },
      },
    ],
  };
}

/** A change of the digest restarts the pods, which read these secrets only when they start. */
function podAnnotations({ args, names, secretConfig }: Settings) {
  return pulumi
    .all([args.podAnnotations, secretsDigest(names.statefulSet, args.credentials ?? {}, secretConfig)])
    .apply(([own, secrets]) => ({ ...own, "pulumi-couch/secrets": secrets }));
}
