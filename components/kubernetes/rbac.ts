import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

type ObjectMeta = kubernetes.types.input.meta.v1.ObjectMeta;
type PolicyRule = kubernetes.types.input.rbac.v1.PolicyRule;

/** A ServiceAccount that gets rights. */
export interface Account {
  name: pulumi.Input<string>;
  namespace: pulumi.Input<string>;
}

/** Declares a ServiceAccount whose token is mounted only into pods that ask for it. */
export function serviceAccount(
  name: string,
  metadata: ObjectMeta,
  opts: pulumi.CustomResourceOptions,
): kubernetes.core.v1.ServiceAccount {
  return new kubernetes.core.v1.ServiceAccount(name, { metadata, automountServiceAccountToken: false }, opts);
}

/** Declares rights in one namespace. Returns the binding: what uses the rights must wait for it. */
export function grantInNamespace(
  name: string,
  rules: pulumi.Input<PolicyRule[]>,
  account: Account,
  metadata: ObjectMeta,
  opts: pulumi.CustomResourceOptions,
): kubernetes.rbac.v1.RoleBinding {
  const role = new kubernetes.rbac.v1.Role(name, { metadata, rules }, opts);
  return bindRole(name, role, account, metadata, opts);
}

/** Binds a Role to a ServiceAccount. */
export function bindRole(
  name: string,
  role: kubernetes.rbac.v1.Role,
  account: Account,
  metadata: ObjectMeta,
  opts: pulumi.CustomResourceOptions,
): kubernetes.rbac.v1.RoleBinding {
  const binding = { metadata, subjects: [subject(account)], roleRef: reference("Role", role.metadata.name) };
  return new kubernetes.rbac.v1.RoleBinding(name, binding, opts);
}

/** Declares rights in all namespaces. Returns the binding: what uses the rights must wait for it. */
export function grantInCluster(
  name: string,
  rules: pulumi.Input<PolicyRule[]>,
  account: Account,
  metadata: ObjectMeta,
  opts: pulumi.CustomResourceOptions,
): kubernetes.rbac.v1.ClusterRoleBinding {
  const role = new kubernetes.rbac.v1.ClusterRole(name, { metadata, rules }, opts);
  const roleRef = reference("ClusterRole", role.metadata.name);
  const binding = { metadata, subjects: [subject(account)], roleRef };
  return new kubernetes.rbac.v1.ClusterRoleBinding(name, binding, opts);
}

function subject({ name, namespace }: Account) {
  return { kind: "ServiceAccount", name, namespace };
}

function reference(kind: string, name: pulumi.Output<string>) {
  return { apiGroup: "rbac.authorization.k8s.io", kind, name };
}
