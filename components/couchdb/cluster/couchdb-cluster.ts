import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { CouchDbConnection } from "../../clients/couchdb/connection";
import {
  type Annotations,
  managedAs,
  ownedByStack,
  replaceable,
  secretData,
  unawaited,
} from "../../kubernetes/metadata";
import { VolumeClaims } from "../claims/volume-claims";
import { CouchDbMembership } from "../membership/couchdb-membership";
import { CouchDbPreflight } from "../preflight/couchdb-preflight";
import { CouchDiscover } from "../sidecar/couch-discover";
import type { CouchDbClusterArgs } from "./args";
import { clientUrl, nodesOf } from "./names";
import { dataVolume, podSpec } from "./pods";
import { declarePolicies } from "./policies";
import { credentialsOf, nodeSecretTexts } from "./secrets";
import { withSecretsMarked } from "./secrets-marked";
import { clientSpec, headlessSpec } from "./services";
import { deletedAtOnce, settingsOf } from "./settings";
import { statefulSetSpec } from "./stateful-set";

/** What every node says of the cluster. */
export interface ClusterMembership {
  /** Erlang names of the members, sorted. After a refresh: those that every reachable node sees as it should. */
  members: string[];
  /** The cluster's uuid, the same on every node. */
  uuid: string;
  /** CouchDB versions that the nodes run, each once. */
  versions: string[];
  /** What was found not to be as declared, in words. Empty after a successful `up`. */
  drift: string[];
}

/**
 * A CouchDB cluster on Kubernetes: its nodes come up, are joined, finished and verified in one `pulumi up`.
 *
 * Made are a StatefulSet with a volume for each node, a headless Service that names the nodes and one for clients, two
 * Secrets (`NAME-admin` for clients with `username` and `password`, `NAME-node` for the nodes alone), a ConfigMap, a
 * PodDisruptionBudget, a NetworkPolicy and a ServiceAccount without rights; all named after the component, whose name is
 * of lower-case letters, digits and hyphens, 52 at most. The nodes are joined by a `CouchDbMembership` over port-forwards with
 * your kubeconfig, or by a sidecar, which has what `CouchDiscover` makes besides. Needs Kubernetes 1.27 or newer.
 *
 * More `replicas` join, fewer are refused while they hold shards; a new image or configuration restarts the nodes one
 * by one; a new password (`credentials.keepers.password`) is set on the running nodes all at once; `storageSize` can
 * grow. Destroying it leaves the volumes, unless `keepVolumes` is false.
 *
 * What has no argument can still be changed, by the resource option `transforms`. With `protect`, all changes can still be
 * made. With `retainOnDelete`, a new password needs `enableSecretMutable` of the Kubernetes provider
 * (`kubernetes:enableSecretMutable` in the stack's configuration): it else makes new Secrets of the names of the old ones.
 *
 * Fails, and says how to go on: a pod that can't be scheduled, pulled or started; namespace, storage class or domain
 * changed, which would mean new, empty nodes; and all that `CouchDbMembership` refuses.
 *
 * @example
 * ```ts
 * const orders = new couch.CouchDbCluster("orders", { replicas: 3 });
 *
 * new couch.CouchDbDatabase("invoices", { connection: orders.connection, name: "invoices" });
 * export const url = orders.url;
 * ```
 */
export class CouchDbCluster extends pulumi.ComponentResource {
  /**
   * URL of the cluster for clients inside Kubernetes. Known once the cluster is complete; a node gets requests from the
   * moment at which Kubernetes counts it as ready, after a few seconds more with the probes as they come.
   */
  readonly url: pulumi.Output<string>;
  /** Erlang names of the nodes, in the order of their ordinals. */
  readonly nodeNames: pulumi.Output<string[]>;
  /** Name of the Secret with the administrator's `username` and `password`. Known once the cluster is complete. */
  readonly adminSecretName: pulumi.Output<string>;
  /** Name of the Service for clients. */
  readonly serviceName: pulumi.Output<string>;
  /** Namespace that all is in. */
  readonly namespace: pulumi.Output<string>;
  /** How Pulumi reaches the cluster: what `CouchDbDatabase` takes. Known once the cluster is complete. A secret. */
  readonly connection: pulumi.Output<CouchDbConnection>;
  /** The proof that all nodes are one finished cluster. Known once they are. */
  readonly membership: pulumi.Output<ClusterMembership>;

  constructor(name: string, args: CouchDbClusterArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super("pulumi-couch:index:CouchDbCluster", name, withSecretsMarked(args), opts);
    const settings = settingsOf(name, args);
    const { names, selector, replicas, image, clusterDomain, storageSize, reach, timeoutSeconds } = settings;
    const child = { parent: this };

    const headless = new kubernetes.core.v1.Service(
      names.headlessService,
      {
        metadata: {
          name: names.headlessService,
          namespace: args.namespace,
          labels: settings.labels,
          annotations: settings.annotations(unawaited, ownedByStack()),
        },
        spec: headlessSpec(selector, settings.metrics),
      },
      child,
    );
    // As the provider has it, where it is not given.
    this.namespace = headless.metadata.namespace;
    const metadata = (objectName: string, ...annotations: Annotations[]) => ({
      name: objectName,
      namespace: this.namespace,
      labels: settings.labels,
      annotations: settings.annotations(managedAs("CouchDbCluster"), ...annotations),
    });

    const admin = credentialsOf(name, args, image, this.namespace, child);
    const nodes = pulumi
      .all([this.namespace, clusterDomain, replicas])
      .apply(([namespace, domain, count]) => nodesOf({ ...names, namespace, clusterDomain: domain }, count));
    this.nodeNames = nodes.apply((all) => all.map((node) => node.name));
    const preflight = new CouchDbPreflight(
      `${name}-preflight`,
      {
        statefulSet: names.statefulSet,
        headlessService: names.headlessService,
        namespace: this.namespace,
        clusterDomain,
        claimTemplate: dataVolume,
        replicas,
        nodeNames: this.nodeNames,
        connection: {
          urls: nodes.apply((all) => all.map((node) => node.url)),
          adminUser: admin.adminUser,
          adminPassword: admin.adminPassword,
          kubernetes: reach,
        },
      },
      child,
    );
    const cleared = { ...child, dependsOn: [preflight] };

    const adminSecret = new kubernetes.core.v1.Secret(
      names.adminSecret,
      {
        metadata: metadata(names.adminSecret),
        data: secretData({ username: admin.adminUser, password: admin.adminPassword }),
      },
      { ...cleared, ...replaceable },
    );
    // Pulumi replaces a Secret whose content changes, and then whatever takes its name as an output: so pods are given the
    // name as a text, and wait for the Secret by dependsOn.
    const nodeSecret = new kubernetes.core.v1.Secret(
      names.nodeSecret,
      { metadata: metadata(names.nodeSecret), data: secretData(nodeSecretTexts(admin, settings.secretConfig)) },
      { ...cleared, ...replaceable },
    );
    const config = new kubernetes.core.v1.ConfigMap(
      names.config,
      {
        // Named by Pulumi, anew at each change: pods that are not restarted yet keep theirs until all are. Not by its content:
        // where a change has failed and is taken back, the former one is still there, and about to be deleted.
        metadata: { ...metadata(names.config), name: undefined },
        data: { "cluster.ini": settings.ini },
        immutable: true,
      },
      { ...cleared, ...replaceable },
    );
    const serviceAccount = new kubernetes.core.v1.ServiceAccount(
      names.serviceAccount,
      { metadata: metadata(names.serviceAccount), automountServiceAccountToken: false },
      child,
    );
    const pod = podSpec(settings, {
      headlessService: headless.metadata.name,
      serviceAccount: serviceAccount.metadata.name,
      config: config.metadata.name,
    });
    const joined = settings.sidecar
      ? new CouchDiscover(
          `${name}-discover`,
          {
            podSpec: pod,
            statefulSet: names.statefulSet,
            headlessService: names.headlessService,
            serviceAccountName: serviceAccount.metadata.name,
            namespace: this.namespace,
            adminSecret: { name: names.adminSecret },
            clusterDomain: clusterDomain,
            labels: settings.labels,
            annotations: metadata(name).annotations.apply((some) => some ?? {}),
            ...args.sidecar,
          },
          child,
        ).podSpec
      : pod;
    const statefulSet = new kubernetes.apps.v1.StatefulSet(
      names.statefulSet,
      {
        metadata: metadata(names.statefulSet, unawaited, deletedAtOnce),
        spec: statefulSetSpec(settings, headless.metadata.name, joined),
      },
      // The template can't change, and need not: VolumeClaims grows the claims, and Preflight refuses the rest.
      { ...child, dependsOn: [preflight, nodeSecret, adminSecret], ignoreChanges: ["spec.volumeClaimTemplates"] },
    );
    const afterPods = { ...child, dependsOn: [statefulSet] };
    new VolumeClaims(
      `${name}-claims`,
      {
        statefulSet: statefulSet.metadata.name,
        namespace: this.namespace,
        claimTemplate: dataVolume,
        replicas,
        size: storageSize,
        storageClass: args.storageClass,
        kubernetes: reach,
        timeoutSeconds,
      },
      afterPods,
    );

    const service = new kubernetes.core.v1.Service(
      names.clientService,
      {
        metadata: metadata(names.clientService, unawaited, args.service?.annotations),
        spec: clientSpec(selector, args.service ?? {}, settings.tls),
      },
      child,
    );
    declarePolicies(name, settings, (...annotations) => metadata(name, ...annotations), service, child);

    const membership = new CouchDbMembership(
      `${name}-membership`,
      {
        nodes,
        adminUser: admin.adminUser,
        adminPassword: admin.adminPassword,
        adminPasswordHash: admin.adminPasswordHash,
        kubernetes: reach,
        rollout: {
          statefulSet: statefulSet.metadata.name,
          namespace: this.namespace,
          generation: statefulSet.metadata.generation,
          uid: statefulSet.metadata.uid,
        },
        // Nodes that were struck off, and then kept after all because something failed, must be joined again.
        triggers: [pulumi.interpolate`${preflight.removals}`],
        waitOnly: settings.sidecar,
        timeoutSeconds,
      },
      afterPods,
    );

    const { members, uuid, versions, drift } = membership;
    this.membership = pulumi.output({ members, uuid, versions, drift });
    this.serviceName = service.metadata.name;
    this.connection = membership.connection;
    // The id makes whatever uses these wait until the cluster is complete, and stays known afterwards.
    this.adminSecretName = membership.id.apply(() => names.adminSecret);
    this.url = pulumi
      .all([membership.id, this.serviceName, this.namespace, clusterDomain])
      .apply(([_, serviceName, namespace, domain]) =>
        clientUrl(`${serviceName}.${namespace}.svc.${domain}`, settings.tls),
      );
    const { url, nodeNames, adminSecretName, serviceName, namespace, connection, membership: proof } = this;
    this.registerOutputs({ url, nodeNames, adminSecretName, serviceName, namespace, connection, membership: proof });
  }
}
