import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { labelsOf, selectorLabels } from "../../kubernetes/labels";
import { ObjectMetadata } from "../../kubernetes/metadata";
import { readBundle } from "../../kubernetes/programs/bundle";
import { mountedConfigMap, programConfigMap } from "../../kubernetes/programs/config-map";
import { bindRole, serviceAccount } from "../../kubernetes/rbac";
import {
  assertValid,
  domainProblem,
  InvalidArgument,
  isIntegerIn,
  logLevelProblem,
  nameProblem,
  portProblem,
  shown,
  textProblem,
  validated,
  validatedIfGiven,
} from "../../validation/arguments";
import type { CouchDiscoverArgs } from "./args";
import { podProblem } from "./pod-problem";
import { programPlace, withContainer } from "./pod-spec";
import { noReferences, referencesOf } from "./references";

/**
 * Joins the pods of a StatefulSet of your own into one CouchDB cluster, and keeps them joined: adds a container to the
 * pod spec whose program, beside CouchDB in every pod, does what `CouchDbMembership` does during `pulumi up`. It joins nodes
 * that are added later or come back with an empty disk, in any order, and removes members that are gone for good and held
 * no shard. For clusters whose pods come and go while Pulumi does not run.
 *
 * Takes the place of couchdiscover: the program understands the same environment variables (`COUCHDB_ADMIN_USER`,
 * `COUCHDB_ADMIN_PASS`, `COUCHDB_CLUSTER_SIZE`, `LOG_LEVEL`) of its own container and of CouchDB's, through ConfigMap
 * and Secret references too. It does not need `ERLANG_COOKIE`: the nodes themselves must have the same one.
 *
 * The nodes' Erlang cookie, cookie secret and administrator must be the same in all pods, and each node's name must be
 * `couchdb@POD.SERVICE.NAMESPACE.svc.DOMAIN` (`NODENAME` in CouchDB's image).
 *
 * It makes a Role, a ServiceAccount unless you name one, both named `STATEFULSET-discover`, and a ConfigMap with the
 * program. The Role allows to read this StatefulSet, and the Secrets and ConfigMaps from which CouchDB's container has the
 * variables above, unless the password is mounted (`adminSecret`); to list the namespace's EndpointSlices, as Kubernetes
 * has no right to those of one Service only; nothing else. The pod is ready when its node is a member of the finished
 * cluster (`/ready` on port 8080, or another).
 *
 * The names of the component and of the StatefulSet are of lower-case letters, digits and hyphens, 52 at most.
 *
 * @example
 * ```ts
 * const discover = new couch.CouchDiscover("orders", {
 *   podSpec: { containers: [couchdb] },
 *   statefulSet: "orders",
 *   headlessService: "orders-nodes",
 *   adminSecret: { name: "orders-admin" },
 * });
 *
 * new kubernetes.apps.v1.StatefulSet("orders", {
 *   metadata: { name: "orders" },
 *   spec: { serviceName: "orders-nodes", replicas: 3, podManagementPolicy: "Parallel", selector,
 *           template: { metadata: { labels }, spec: discover.podSpec } },
 * });
 * ```
 */
export class CouchDiscover extends pulumi.ComponentResource {
  /** The pod spec with the container. Known once all that it refers to exists. */
  readonly podSpec: pulumi.Output<kubernetes.types.input.core.v1.PodSpec>;
  /** Name of the ServiceAccount that the pods run as. */
  readonly serviceAccountName: pulumi.Output<string>;

  /**
   * @param owner @internal Metadata of the component that this is a part of, and that owns its objects. Default:
   * `CouchDiscover` owns them.
   */
  constructor(name: string, args: CouchDiscoverArgs, opts?: pulumi.ComponentResourceOptions, owner?: ObjectMetadata) {
    // Without the pod spec, in which users may have written a password: in state only their StatefulSet has it.
    const { podSpec: givenPodSpec, ...shownArgs } = args;
    super("pulumi-couch:index:CouchDiscover", name, shownArgs, opts);
    if (!owner) assertValid("name", nameProblem(name));
    const settings = validatedArgs(args);
    const validPort = validated("port", args.port ?? 8080, portProblem);
    const child = { parent: this };
    const objectName = pulumi.interpolate`${settings.statefulSet}-discover`;

    // The only object that is always there and has a name of its own, so it is the first.
    const own = owner ?? metadataOf(name, args);
    const roleMetadata = owner ? owner.of(objectName) : own.first(objectName);
    const role = new kubernetes.rbac.v1.Role(
      name,
      { metadata: roleMetadata, rules: rulesOf(givenPodSpec, settings) },
      child,
    );
    const { namespace } = role.metadata;
    const metadata = own.in(namespace);

    const bundle = readBundle("couchdb/sidecar");
    const configMap = programConfigMap(`${name}-program`, bundle, metadata, child);
    this.serviceAccountName =
      args.serviceAccountName === undefined
        ? serviceAccount(name, metadata.of(objectName), child).metadata.name
        : pulumi.output(args.serviceAccountName);
    const account = { name: this.serviceAccountName, namespace };
    const binding = bindRole(name, role, account, metadata.of(objectName), child);

    // With the binding's name among what is waited for, no pod starts without the rights.
    this.podSpec = pulumi
      .all([givenPodSpec, validPort, configMap.metadata.name, this.serviceAccountName, binding.metadata.name])
      .apply(([podSpec, port, configMapName, serviceAccountName]) => {
        const problem = podProblem(podSpec, serviceAccountName, port);
        if (problem) throw new InvalidArgument("podSpec", problem);
        return pulumi.output(
          withContainer(podSpec, podSpec.containers, settings, {
            program: mountedConfigMap(bundle, configMapName, programPlace),
            serviceAccountName,
            port,
            // Zero is root, as which the container must not run.
            podSetsUser: Boolean(podSpec.securityContext?.runAsUser),
          }),
        );
      });
    this.registerOutputs({ serviceAccountName: this.serviceAccountName });
  }
}

function metadataOf(name: string, { namespace, labels, annotations }: CouchDiscoverArgs): ObjectMetadata {
  return new ObjectMetadata({
    component: "CouchDiscover",
    namespace,
    labels: labelsOf(labels, selectorLabels("couch-discover", name)),
    annotations,
  });
}

/** The arguments but for the pod spec, validated. */
function validatedArgs({ podSpec: _, ...args }: CouchDiscoverArgs): Omit<CouchDiscoverArgs, "podSpec"> {
  const { statefulSet, headlessService, replicas, logLevel, clusterDomain } = args;
  return {
    ...args,
    statefulSet: validated("statefulSet", statefulSet, (name) => textProblem(name) ?? nameProblem(name)),
    headlessService: validated("headlessService", headlessService, textProblem),
    replicas: validatedIfGiven("replicas", replicas, replicasProblem),
    logLevel: validatedIfGiven("logLevel", logLevel, logLevelProblem),
    clusterDomain: validatedIfGiven("clusterDomain", clusterDomain, domainProblem),
  };
}

function replicasProblem(replicas: number): string | undefined {
  if (isIntegerIn(replicas, 1, 9999)) return undefined;
  return `${shown(replicas)} is not a valid number of nodes; give 1 to 9999, or leave it out`;
}

function rulesOf(
  podSpec: CouchDiscoverArgs["podSpec"],
  args: Omit<CouchDiscoverArgs, "podSpec">,
): pulumi.Output<kubernetes.types.input.rbac.v1.PolicyRule[]> {
  // A mounted password is not looked up. Names are not secrets, even where values beside them are.
  const references = args.adminSecret
    ? noReferences
    : pulumi.unsecret(
        pulumi
          .all([args.statefulSet, podSpec])
          .apply(([statefulSet, pod]) => referencesOf(statefulSet, pod?.containers)),
      );
  const rule = (apiGroup: string, resource: string, resourceNames: string[]) => ({
    apiGroups: [apiGroup],
    resources: [resource],
    resourceNames: [...new Set(resourceNames)].sort(),
    verbs: ["get"],
  });
  return pulumi
    .all([references, args.statefulSet, args.secretNames ?? [], args.configMapNames ?? []])
    .apply(([{ secrets, configMaps }, statefulSet, secretNames, configMapNames]) => {
      const named = [
        rule("apps", "statefulsets", [statefulSet]),
        rule("", "secrets", [...secrets, ...secretNames]),
        rule("", "configmaps", [...configMaps, ...configMapNames]),
        // Without names it would be a rule for all objects of the kind.
      ].filter(({ resourceNames }) => resourceNames.length > 0);
      // Those of one Service are found by a label, and a list can't be limited to a label or to names.
      return [...named, { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list"] }];
    });
}
