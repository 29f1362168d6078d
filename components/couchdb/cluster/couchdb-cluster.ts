import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { CouchDbConnection } from "../../clients/couchdb/connection";
import { unawaited } from "../../kubernetes/metadata";
import { CouchDbMembership } from "../membership/couchdb-membership";
import { CouchDbPreflight } from "../preflight/couchdb-preflight";
import type { CouchDbClusterArgs } from "./args";
import { clientUrl, nodesOf } from "./names";
import { declareNodes } from "./nodes";
import { dataVolume } from "./pods";
import { declarePolicies } from "./policies";
import { credentialsOf, declareSecrets } from "./secrets";
import { withSecretsMarked } from "./secrets-marked";
import { clientSpec, headlessSpec } from "./services";
import { settingsOf } from "./settings";

/** What every node reports of the cluster. */
export interface ClusterMembership {
  /** Erlang names of the members, sorted. After a refresh: those that every reachable node lists as connected members. */
  members: string[];
  /** The cluster's uuid, the same on every node. */
  uuid: string;
  /** CouchDB versions that the nodes run, each once. */
  versions: string[];
  /** Differences from what is declared, in words. Empty after a successful `up`. */
  drift: string[];
}

/**
 * A CouchDB cluster on Kubernetes: its nodes come up, are joined, finished and verified in one `pulumi up`.
 *
 * It makes a StatefulSet with a volume for each node, a headless Service that names the nodes and a Service for clients,
 * two Secrets (`NAME-admin` for clients with `username` and `password`, `NAME-node` for the nodes alone), a ConfigMap, a
 * PodDisruptionBudget, a NetworkPolicy and a ServiceAccount without rights; all named after the component, whose name is
 * of lower-case letters, digits and hyphens, 52 at most. A `CouchDbMembership` joins the nodes over port-forwards with your
 * kubeconfig, or a sidecar does, with what `CouchDiscover` makes besides. Needs Kubernetes 1.27 or newer.
 *
 * More `replicas` join; fewer are rejected while the leaving nodes hold shards. A new image or configuration restarts the
 * nodes one by one; a new password (`credentials.keepers.adminPassword`) is set on all running nodes at once;
 * `storageSize` can grow. Destroying the cluster keeps the volumes, unless `keepVolumes` is false.
 *
 * The resource option `transforms` changes what has no argument. `protect` allows all changes. With `retainOnDelete`, a new
 * password needs `enableSecretMutable` of the Kubernetes provider (`kubernetes:enableSecretMutable` in the stack's
 * configuration): otherwise it creates new Secrets under the names of the old ones.
 *
 * `up` fails, and says what to do, when a pod can't be scheduled, pulled or started; when namespace, storage class or
 * domain change, which would mean new, empty nodes; and when `CouchDbMembership` rejects the nodes.
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
   * URL of the cluster for clients inside Kubernetes. Known once the cluster is complete; a node gets requests once
   * Kubernetes counts it as ready, a few seconds later with the default probes.
   */
  readonly url: pulumi.Output<string>;
  /** Erlang names of the nodes, in the order of their ordinals. */
  readonly nodeNames: pulumi.Output<string[]>;
  /** Name of the Secret with the administrator's `username` and `password`. Known once the cluster is complete. */
  readonly adminSecretName: pulumi.Output<string>;
  /** Name of the Service for clients. */
  readonly serviceName: pulumi.Output<string>;
  /** Namespace of everything. */
  readonly namespace: pulumi.Output<string>;
  /** How Pulumi reaches the cluster, for `CouchDbDatabase` and others. Known once the cluster is complete. A secret. */
  readonly connection: pulumi.Output<CouchDbConnection>;
  /** The proof that all nodes are one finished cluster. Known once they are. */
  readonly membership: pulumi.Output<ClusterMembership>;

  constructor(name: string, args: CouchDbClusterArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super("pulumi-couch:index:CouchDbCluster", name, withSecretsMarked(args), opts);
    const settings = settingsOf(name, args);
    const { names, replicas, image, clusterDomain, kubernetes: access, timeoutSeconds } = settings;
    const child = { parent: this };

    const headless = new kubernetes.core.v1.Service(
      names.headlessService,
      {
        metadata: settings.metadata.first(names.headlessService, unawaited),
        spec: headlessSpec(settings.selector, settings.metrics),
      },
      child,
    );
    // As the provider has it, where it is not given.
    this.namespace = headless.metadata.namespace;
    const metadata = settings.metadata.in(this.namespace);

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
          kubernetes: access,
        },
        timeoutSeconds,
      },
      child,
    );
    const secrets = declareSecrets(settings, admin, metadata, { ...child, dependsOn: [preflight] });
    const statefulSet = declareNodes(
      name,
      settings,
      { headlessService: headless.metadata.name, metadata },
      { child, dependsOn: [preflight, ...secrets], cleared: preflight },
    );

    const service = new kubernetes.core.v1.Service(
      names.clientService,
      {
        metadata: metadata.of(names.clientService, unawaited, args.service?.annotations),
        spec: clientSpec(settings.selector, args.service ?? {}, settings.tls),
      },
      child,
    );
    declarePolicies(name, settings, metadata, service, child);

    const membership = new CouchDbMembership(
      `${name}-membership`,
      {
        nodes,
        adminUser: admin.adminUser,
        adminPassword: admin.adminPassword,
        adminPasswordHash: admin.adminPasswordHash,
        kubernetes: access,
        rollout: {
          statefulSet: statefulSet.metadata.name,
          namespace: this.namespace,
          generation: statefulSet.metadata.generation,
          uid: statefulSet.metadata.uid,
        },
        // Nodes that were removed, but then stay because something failed, must join again.
        triggers: [pulumi.interpolate`${preflight.removals}`],
        waitOnly: settings.sidecar,
        timeoutSeconds,
      },
      { ...child, dependsOn: [statefulSet] },
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
