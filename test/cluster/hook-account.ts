import { readFileSync } from "node:fs";
import type { Account } from "../reschedule/program";
import type { TestCluster } from "../testbed";
import { idleSpec } from "./restricted";

/** Verbs on pods and on what keeps which of them were asked to move. */
export interface Rights {
  pods: string[];
  tracking: string[];
  /** What it takes to delete pods. */
  deleting?: boolean;
}

/** Makes a ServiceAccount with rights in its namespace and nowhere else. */
export async function hookAccount(api: TestCluster, namespace: string, name: string, rights: Rights): Promise<Account> {
  const rbac = { apiVersion: "rbac.authorization.k8s.io/v1", metadata: { name } };
  const rule = (apiGroups: string[], resources: string[], verbs: string[]) => ({ apiGroups, resources, verbs });
  const tracking = [
    rule([""], ["namespaces"], rights.tracking),
    rule(["couchbase.com"], ["couchbaseclusters"], rights.tracking),
  ];
  const deleting = [
    rule(["apps"], ["statefulsets", "replicasets"], ["get"]),
    rule(["coordination.k8s.io"], ["leases"], ["get", "create", "update"]),
  ];
  await api.apply(namespace, [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name } },
    {
      ...rbac,
      kind: "Role",
      rules: [
        rule([""], ["pods"], rights.pods),
        ...(rights.tracking.length > 0 ? tracking : []),
        ...(rights.deleting ? deleting : []),
      ],
    },
    {
      ...rbac,
      kind: "RoleBinding",
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
  ]);
  const token = await api.kubectl("--namespace", namespace, "create", "token", name);
  const config = JSON.parse(await api.kubectl("config", "view", "--raw", "--minify", "--output", "json")) as {
    clusters: {
      cluster: { server: string; "certificate-authority-data"?: string; "certificate-authority"?: string };
    }[];
  };
  const { server, ...authority } = config.clusters[0]!.cluster;
  const { hostname, port } = new URL(server);
  const data = authority["certificate-authority-data"];
  const ca = data ? Buffer.from(data, "base64").toString() : readFileSync(authority["certificate-authority"]!, "utf8");
  return { host: hostname, port: Number(port || 443), token: token.trim(), ca };
}

/** A pod that is never started. */
export function gatedPod(name: string, labels: object, annotations: object = {}): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels, annotations },
    spec: { ...idleSpec(), schedulingGates: [{ name: "pulumi-couch/never" }] },
  };
}

/** A StatefulSet of pods that do nothing, and are ready at once. */
export function idleStatefulSet(name: string, replicas: number, labels: Record<string, string>): object {
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name },
    spec: {
      replicas,
      serviceName: name,
      podManagementPolicy: "Parallel",
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { ...idleSpec(), terminationGracePeriodSeconds: 1 } },
    },
  };
}
