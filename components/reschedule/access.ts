import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ObjectMetadata } from "../kubernetes/metadata";
import { type Account, grantInCluster, grantInNamespace } from "../kubernetes/rbac";
import { TrackingResource } from "./args";
import type { Settings } from "./settings";

type PolicyRule = kubernetes.types.input.rbac.v1.PolicyRule;

/** Who gets the rights. */
export interface Grantee {
  /** The hook's ServiceAccount, in the hook's namespace. */
  account: Account & { namespace: pulumi.Output<string> };
  metadata: ObjectMetadata;
}

/** Declares the hook's rights: in the named namespaces, otherwise in all. Returns what the pods must wait for. */
export function grant(settings: Settings, grantee: Grantee, child: pulumi.CustomResourceOptions): pulumi.Resource[] {
  const { name, args, namespaces, deletes } = settings;
  const { account, metadata } = grantee;
  // There may be a hook of this name in another namespace, with rights in the same ones.
  const objectName = (suffix: string) => pulumi.interpolate`${account.namespace}-${name}${suffix}`;
  const inNamespace = (suffix: string, rules: pulumi.Input<PolicyRule[]>, namespace: pulumi.Input<string>) =>
    grantInNamespace(`${name}${suffix}`, rules, account, metadata.in(namespace).of(objectName(suffix)), child);

  const rules = rulesOf(settings);
  const granted = namespaces
    ? namespaces.map((namespace, index) => {
        // By name if there is one, so that removing a namespace leaves the others' rights alone.
        const given = args.namespaces?.[index];
        return inNamespace(`-in-${typeof given === "string" ? given : index}`, rules, namespace);
      })
    : [grantInCluster(name, rules, account, metadata.in(undefined).of(objectName("")), child)];
  return deletes ? [...granted, inNamespace("-lease", leaseRules(name), account.namespace)] : granted;
}

/** The rights to read a pod and mark it, and what the settings need besides. */
function rulesOf({ tracking, trackingResource, deletes }: Settings): pulumi.Output<PolicyRule[]> {
  const pods: PolicyRule = {
    apiGroups: [""],
    resources: ["pods"],
    verbs: ["get", "patch", ...(deletes ? ["list", "watch", "delete"] : [])],
  };
  return pulumi.all([tracking, trackingResource]).apply(([tracked, resource]) => {
    const [apiGroup, kind] =
      resource === TrackingResource.Namespace ? ["", "namespaces"] : ["couchbase.com", "couchbaseclusters"];
    const tracking = { apiGroups: [apiGroup], resources: [kind], verbs: ["get", "patch"] };
    return [pods, ...(deletes ? [owners] : []), ...(tracked ? [tracking] : [])];
  });
}

/** They say how many pods there should be, which must be ready before one is deleted. */
const owners: PolicyRule = { apiGroups: ["apps"], resources: ["statefulsets", "replicasets"], verbs: ["get"] };

/** The rights to agree on the one pod of the hook that deletes. */
function leaseRules(name: string): PolicyRule[] {
  const lease = { apiGroups: ["coordination.k8s.io"], resources: ["leases"] };
  return [
    { ...lease, verbs: ["create"] }, // no rule can name an object that does not exist yet
    { ...lease, resourceNames: [name], verbs: ["get", "update"] },
  ];
}
