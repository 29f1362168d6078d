import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { deletedAtOnce, type ObjectMetadata, replaceable, unawaited } from "../../kubernetes/metadata";
import { serviceAccount } from "../../kubernetes/rbac";
import { VolumeClaims } from "../claims/volume-claims";
import { CouchDiscover } from "../sidecar/couch-discover";
import { dataVolume, podSpec } from "./pods";
import type { Settings } from "./settings";
import { statefulSetSpec } from "./stateful-set";

/** Where the nodes are. */
export interface NodesPlace {
  headlessService: pulumi.Output<string>;
  metadata: ObjectMetadata;
}

/** The order in which the nodes come. */
export interface NodesOrder {
  /** Resource options of what waits for nothing. */
  child: pulumi.CustomResourceOptions;
  /** What allows to change what running nodes use. */
  cleared: pulumi.Resource;
  /** What the StatefulSet waits for. */
  dependsOn: pulumi.Resource[];
}

/** Declares what runs the nodes, joined by the sidecar if there is one. Their claims wait for the StatefulSet. */
export function declareNodes(
  name: string,
  settings: Settings,
  { headlessService, metadata }: NodesPlace,
  { child, cleared, dependsOn }: NodesOrder,
): kubernetes.apps.v1.StatefulSet {
  const { args, names, replicas } = settings;
  const config = new kubernetes.core.v1.ConfigMap(
    names.config,
    {
      // Pulumi gives each new one another name: pods keep the old one until they restart. A name made of the content would
      // be deleted under the pods where a failed change is reverted.
      metadata: metadata.of(undefined),
      data: { "cluster.ini": settings.ini },
      immutable: true,
    },
    { ...child, dependsOn: [cleared], ...replaceable },
  );
  const account = serviceAccount(names.serviceAccount, metadata.of(names.serviceAccount), child);
  const pod = podSpec(settings, {
    headlessService,
    serviceAccount: account.metadata.name,
    config: config.metadata.name,
  });
  const joined = settings.sidecar
    ? new CouchDiscover(
        `${name}-discover`,
        {
          podSpec: pod,
          statefulSet: names.statefulSet,
          headlessService: names.headlessService,
          serviceAccountName: account.metadata.name,
          adminSecret: { name: names.adminSecret },
          clusterDomain: settings.clusterDomain,
          ...args.sidecar,
        },
        child,
        metadata,
      ).podSpec
    : pod;
  const statefulSet = new kubernetes.apps.v1.StatefulSet(
    names.statefulSet,
    {
      metadata: metadata.of(names.statefulSet, unawaited, deletedAtOnce),
      spec: statefulSetSpec(settings, headlessService, joined),
    },
    // The template can't change, and need not: VolumeClaims grows the claims, and CouchDbPreflight rejects other changes.
    { ...child, dependsOn, ignoreChanges: ["spec.volumeClaimTemplates"] },
  );
  new VolumeClaims(
    `${name}-claims`,
    {
      statefulSet: statefulSet.metadata.name,
      namespace: statefulSet.metadata.namespace,
      claimTemplate: dataVolume,
      replicas,
      size: settings.storageSize,
      storageClass: args.storageClass,
      kubernetes: settings.kubernetes,
      timeoutSeconds: settings.timeoutSeconds,
    },
    { ...child, dependsOn: [statefulSet] },
  );
  return statefulSet;
}
