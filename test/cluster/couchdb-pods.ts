import { hashPassword, PasswordHashFunction } from "../../components/couchdb/credentials/password-hash";
import type { MembershipInputs } from "../../components/couchdb/membership/inputs";
import type { TestCluster } from "../testbed";
import { farDeadline } from "./deadline";
import { restrictedContainer, restrictedPodWithVolumes } from "./restricted";

/** What the pods of a test's own StatefulSet are to be like. */
export interface CouchDbPods {
  namespace: string;
  replicas: number;
  password: string;
  /** Changes of the pod's specification, over what is there. */
  spec?: object;
  /** Changes of the CouchDB container. */
  container?: object;
  /** More containers and volumes. */
  added?: { containers: object[]; volumes: object[] };
  /** More of the CouchDB container's environment. */
  env?: object[];
  /** A change of it replaces the pods. */
  version?: string;
}

export const user = "adm";
const name = "orders";
const labels = { app: name };
const image = "couchdb:3.5.1";

/** Applies Secret, Service and StatefulSet of CouchDB pods, and returns the StatefulSet's generation. */
export async function applyPods(cluster: TestCluster, pods: CouchDbPods): Promise<number> {
  const { namespace, replicas, password, version = "1" } = pods;
  const hash = await hashPassword(password, PasswordHashFunction.Sha256, 10);
  const ini = `[admins]\n${user} = ${hash}\n[chttpd]\nbind_address = any\n[chttpd_auth]\nsecret = ${"5".repeat(32)}\n[couchdb]\nuuid = ${"7".repeat(32)}\n`;
  const local = { name: "local", mountPath: "/opt/couchdb/etc/local.d" };
  const podName = { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } };
  const couchdb = {
    name: "couchdb",
    image,
    securityContext: restrictedContainer,
    env: [
      podName,
      { name: "NODENAME", value: `$(POD_NAME).${name}.${namespace}.svc.cluster.local` },
      { name: "COUCHDB_ERLANG_COOKIE", value: "cookie" },
      ...(pods.env ?? []),
    ],
    ports: [{ containerPort: 5984 }],
    readinessProbe: { httpGet: { path: "/_up", port: 5984 }, periodSeconds: 1 },
    volumeMounts: [local, { name: "data", mountPath: "/opt/couchdb/data" }],
    ...pods.container,
  };
  const spec = {
    terminationGracePeriodSeconds: 2,
    securityContext: restrictedPodWithVolumes(5984),
    initContainers: [
      {
        name: "configuration",
        image,
        securityContext: restrictedContainer,
        command: ["sh", "-c", "cp /secret/*.ini /opt/couchdb/etc/local.d/"],
        volumeMounts: [local, { name: "secret", mountPath: "/secret" }],
      },
    ],
    containers: [couchdb, ...(pods.added?.containers ?? [])],
    volumes: [
      { name: "local", emptyDir: {} },
      { name: "data", emptyDir: {} },
      { name: "secret", secret: { secretName: name } },
      ...(pods.added?.volumes ?? []),
    ],
    ...pods.spec,
  };
  await cluster.apply(namespace, [
    { apiVersion: "v1", kind: "Secret", metadata: { name }, stringData: { "admin.ini": ini } },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name },
      spec: { clusterIP: "None", publishNotReadyAddresses: true, selector: labels, ports: [{ port: 5984 }] },
    },
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name },
      spec: {
        replicas,
        serviceName: name,
        podManagementPolicy: "Parallel",
        selector: { matchLabels: labels },
        template: { metadata: { labels, annotations: { version } }, spec },
      },
    },
  ]);
  const { metadata } = await cluster.get<{ metadata: { generation: number } }>(namespace, "statefulset", name);
  return metadata.generation;
}

/** The arguments of a `CouchDbMembership` of these pods. */
export function declaredPods(
  cluster: TestCluster,
  { namespace, replicas, password }: CouchDbPods,
  generation?: number,
): MembershipInputs {
  const url = (ordinal: number) => `http://${name}-${ordinal}.${name}.${namespace}.svc.cluster.local:5984`;
  return {
    nodes: Array.from({ length: replicas }, (_, ordinal) => ({ url: url(ordinal) })),
    adminUser: user,
    adminPassword: password,
    kubernetes: { kubeconfig: cluster.kubeconfig },
    timeoutSeconds: farDeadline,
    ...(generation && { rollout: { statefulSet: name, namespace, generation } }),
  };
}
