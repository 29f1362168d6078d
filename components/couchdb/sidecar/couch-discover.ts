import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { programConfigMap, readProgram } from "../../kubernetes/program-bundle";
import {
  InvalidArgument,
  logLevelProblem,
  portProblem,
  shown,
  textProblem,
  validated,
  validatedIfGiven,
} from "../../validation/arguments";
import type { CouchDiscoverArgs } from "./args";
import { podProblem } from "./pod-problem";
import { withContainer } from "./pod-spec";
import { noReferences, referencesOf } from "./references";

/**
 * Joins the pods of a StatefulSet of your own into one CouchDB cluster, and keeps them joined: adds a container to the
 * pod spec whose program, beside CouchDB in every pod, does what `CouchDbMembership` does during `pulumi up`. It joins nodes
 * that are added later or come back with an empty disk, in any order, and strikes off members that are gone for good
 * and held no shard. For clusters whose pods come and go without Pulumi at the wheel.
 *
 * Takes the place of couchdiscover: the program understands the same environment variables (`COUCHDB_ADMIN_USER`,
 * `COUCHDB_ADMIN_PASS`, `COUCHDB_CLUSTER_SIZE`, `LOG_LEVEL`) of its own container and of CouchDB's, through ConfigMap
 * and Secret references too. It does not need `ERLANG_COOKIE`: the nodes themselves must have the same one.
 *
 * The nodes' Erlang cookie, cookie secret and administrator must be the same in all pods, and each node's name must be
 * `couchdb@POD.SERVICE.NAMESPACE.svc.DOMAIN` (`NODENAME` in CouchDB's image).
 *
 * Made besides are a ConfigMap with the program, a ServiceAccount unless you name one, and a Role for it: to read this
 * StatefulSet, and the Secrets and ConfigMaps from which CouchDB's container has the variables above, unless the
 * password is mounted (`adminSecret`); to list the namespace's EndpointSlices, as Kubernetes has no right to those of
 * one Service only; nothing else. The pod is ready when its node is a member of the finished cluster (`/ready` on port
 * 8080, or another).
 *
 * @example
 * ```ts
 * const discover = new couch.CouchDiscover("orders", {
 *   podSpec: { containers: [couchdb] },
 *   statefulSet: "orders",
 *   serviceName: "orders-nodes",
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
  /** The pod spec with the container. Known, with what it refers to, before any pod is made. */
  readonly podSpec: pulumi.Output<kubernetes.types.input.core.v1.PodSpec>;
  /** Name of the ServiceAccount that the pods run as. */
  readonly serviceAccountName: pulumi.Output<string>;

  constructor(name: string, args: CouchDiscoverArgs, opts?: pulumi.ComponentResourceOptions) {
    super("pulumi-couch:index:CouchDiscover", name, args, opts);
    const { podSpec: _, ...settings } = judged(args);
    const judgedPort = validated("port", args.port ?? 8080, portProblem);
    const child = { parent: this };
    const { namespace, labels, annotations } = args;
    const objectName = pulumi.interpolate`${settings.statefulSet}-discover`;
    const metadata = { name: objectName, namespace, labels, annotations };

    const program = readProgram("couchdb/sidecar");
    const configMap = programConfigMap(`${name}-program`, program, { namespace, labels, annotations }, child);
    const serviceAccount =
      args.serviceAccountName === undefined
        ? new kubernetes.core.v1.ServiceAccount(
            `${name}-account`,
            { metadata, automountServiceAccountToken: false },
            child,
          )
        : undefined;
    this.serviceAccountName = serviceAccount
      ? serviceAccount.metadata.name
      : pulumi.output(args.serviceAccountName as pulumi.Input<string>);

    const role = new kubernetes.rbac.v1.Role(
      `${name}-role`,
      { metadata, rules: rulesOf(args.podSpec, settings) },
      child,
    );
    const binding = new kubernetes.rbac.v1.RoleBinding(
      `${name}-binding`,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
        subjects: [
          { kind: "ServiceAccount", name: this.serviceAccountName, namespace: namespace ?? role.metadata.namespace },
        ],
      },
      child,
    );

    // With the binding's name among what is waited for, no pod starts without the rights.
    this.podSpec = pulumi
      .all([args.podSpec, judgedPort, configMap.metadata.name, this.serviceAccountName, binding.metadata.name])
      .apply(([podSpec, port, configMapName, serviceAccountName]) => {
        const problem = podProblem(podSpec, serviceAccountName, port);
        if (problem) throw new InvalidArgument("podSpec", problem);
        return pulumi.output(
          withContainer(podSpec, podSpec.containers, settings, {
            configMap: configMapName,
            program: program.file,
            serviceAccountName,
            port,
            // Zero is root, as which the container must not run.
            podSetsUser: Boolean(podSpec.securityContext?.runAsUser),
          }),
        );
      });
    this.registerOutputs({ podSpec: this.podSpec, serviceAccountName: this.serviceAccountName });
  }
}

/** The arguments, judged. */
function judged(args: CouchDiscoverArgs): CouchDiscoverArgs {
  const { statefulSet, headlessService: serviceName, clusterSize, logLevel } = args;
  return {
    ...args,
    statefulSet: validated("statefulSet", statefulSet, textProblem),
    headlessService: validated("serviceName", serviceName, textProblem),
    clusterSize: validatedIfGiven("clusterSize", clusterSize, sizeProblem),
    logLevel: validatedIfGiven("logLevel", logLevel, logLevelProblem),
  };
}

function sizeProblem(size: number): string | undefined {
  if (Number.isInteger(size) && size >= 1 && size <= 9999) return undefined;
  return `${shown(size)} is not a number of nodes; give 1 to 9999, or leave it out`;
}

function rulesOf(
  podSpec: CouchDiscoverArgs["podSpec"],
  args: Omit<CouchDiscoverArgs, "podSpec">,
): pulumi.Output<kubernetes.types.input.rbac.v1.PolicyRule[]> {
  // A password that is mounted is looked up nowhere. Names are no secrets, even where values beside them are.
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
        // Without names it would be a rule for all of them.
      ].filter(({ resourceNames }) => resourceNames.length > 0);
      // Those of one Service are found by a label, and a list can't be limited to a label or to names.
      return [...named, { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list"] }];
    });
}
