import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { TrackingResource } from "./args";
import type { Settings } from "./settings";

type PolicyRule = kubernetes.types.input.rbac.v1.PolicyRule;
type ObjectMeta = kubernetes.types.input.meta.v1.ObjectMeta;

/** Which objects, and as whom. */
export interface Account {
  /** Namespace of the hook. */
  namespace: pulumi.Output<string>;
  serviceAccount: pulumi.Output<string>;
  metadata: (name: pulumi.Input<string>, namespace?: pulumi.Input<string>) => ObjectMeta;
}

/** Declares the hook's rights: in the namespaces that are named, else in all. Returns what pods must wait for. */
export function grant(settings: Settings, account: Account, child: pulumi.CustomResourceOptions): pulumi.Resource[] {
  const { name, args, namespaces, deletes } = settings;
  const rules = rulesOf(settings);
  const granted = namespaces
    ? namespaces.map((namespace, index) => {
        // By name where there is one, so that a namespace less leaves the others' alone.
        const given = args.namespaces?.[index];
        const suffix = typeof given === "string" ? given : index;
        return grantIn(`${name}-in-${suffix}`, rules, namespace, account, child);
      })
    : [grantEverywhere(name, rules, account, child)];
  return deletes
    ? [...granted, grantIn(`${name}-lease`, leaseRules(name), account.namespace, account, child)]
    : granted;
}

/** What it takes to look at a pod and mark it, and nothing that is not asked for. */
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

/** How many pods there should be, which must be ready before one is deleted. */
const owners: PolicyRule = { apiGroups: ["apps"], resources: ["statefulsets", "replicasets"], verbs: ["get"] };

/** What it takes to agree on the one pod of the hook that deletes. */
function leaseRules(name: string): PolicyRule[] {
  const lease = { apiGroups: ["coordination.k8s.io"], resources: ["leases"] };
  return [
    { ...lease, verbs: ["create"] }, // a name can't be asked for where there is no object yet
    { ...lease, resourceNames: [name], verbs: ["get", "update"] },
  ];
}

function grantIn(
  name: string,
  rules: pulumi.Input<PolicyRule[]>,
  namespace: pulumi.Output<string>,
  { metadata, ...account }: Account,
  child: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const objectName = nameOf(name, account);
  const role = new kubernetes.rbac.v1.Role(name, { metadata: metadata(objectName, namespace), rules }, child);
  const binding = { metadata: metadata(objectName, namespace), subjects: [subject(account)] };
  return new kubernetes.rbac.v1.RoleBinding(name, { ...binding, roleRef: reference("Role", role) }, child);
}

function grantEverywhere(
  name: string,
  rules: pulumi.Input<PolicyRule[]>,
  { metadata, ...account }: Account,
  child: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const objectName = nameOf(name, account);
  const role = new kubernetes.rbac.v1.ClusterRole(name, { metadata: metadata(objectName), rules }, child);
  const binding = { metadata: metadata(objectName), subjects: [subject(account)] };
  return new kubernetes.rbac.v1.ClusterRoleBinding(
    name,
    { ...binding, roleRef: reference("ClusterRole", role) },
    child,
  );
}

/** There may be a hook of this name in another namespace, with rights in the same ones. */
function nameOf(name: string, { namespace }: Pick<Account, "namespace">): pulumi.Output<string> {
  return pulumi.interpolate`${namespace}-${name}`;
}

function subject({ serviceAccount, namespace }: Omit<Account, "metadata">) {
  return { kind: "ServiceAccount", name: serviceAccount, namespace };
}

function reference(kind: string, { metadata }: kubernetes.rbac.v1.Role | kubernetes.rbac.v1.ClusterRole) {
  return { apiGroup: "rbac.authorization.k8s.io", kind, name: metadata.name };
}
