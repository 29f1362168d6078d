/**
 * A cluster of three nodes as Apache's Helm chart makes it: the nodes find each other by a seedlist, and when the pods
 * are ready a Job asks one of them to finish the cluster.
 */
import * as kubernetes from "@pulumi/kubernetes";

const name = "couchdb";
const labels = { app: name };
const port = 5984;

export function declare({ namespace }: { namespace: string }) {
  const metadata = { name, namespace };
  const host = (ordinal: number) => `${name}-${ordinal}.${name}-nodes.${namespace}.svc.cluster.local`;
  const seeds = [0, 1, 2].map((ordinal) => `couchdb@${host(ordinal)}`);
  const secret = new kubernetes.core.v1.Secret(name, {
    metadata,
    stringData: { user: "admin", password: "bench", secret: "5".repeat(32), cookie: "cookie" },
  });
  const configMap = new kubernetes.core.v1.ConfigMap(name, {
    metadata,
    data: {
      "chart.ini": `[chttpd]\nbind_address = any\nrequire_valid_user = false\n[couchdb]\nuuid = ${"7".repeat(32)}\n`,
      "seedlist.ini": `[cluster]\nseedlist = ${seeds.join()}\n`,
    },
  });
  const headless = new kubernetes.core.v1.Service("nodes", {
    metadata: { ...metadata, name: `${name}-nodes` },
    spec: { clusterIP: "None", publishNotReadyAddresses: true, selector: labels, ports: [{ name: "http", port }] },
  });
  const service = new kubernetes.core.v1.Service(name, {
    metadata,
    spec: { selector: labels, ports: [{ name: "http", port }] },
  });
  const environment = (variable: string, key: string) => ({
    name: variable,
    valueFrom: { secretKeyRef: { name: secret.metadata.name, key } },
  });
  const container = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    runAsNonRoot: true,
    seccompProfile: { type: "RuntimeDefault" },
  };
  const local = { name: "local", mountPath: "/opt/couchdb/etc/local.d" };
  const defaults = { name: "default", mountPath: "/opt/couchdb/etc/default.d" };
  const statefulSet = new kubernetes.apps.v1.StatefulSet(name, {
    metadata,
    spec: {
      serviceName: headless.metadata.name,
      replicas: 3,
      podManagementPolicy: "Parallel",
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          securityContext: { runAsUser: 5984, runAsGroup: 5984, fsGroup: 5984 },
          initContainers: [
            {
              name: "init-copy",
              image: "couchdb:3.5.1",
              command: ["sh", "-c", "cp /tmp/config/*.ini /opt/couchdb/etc/default.d/"],
              securityContext: container,
              volumeMounts: [defaults, { name: "config", mountPath: "/tmp/config" }],
            },
          ],
          containers: [
            {
              name,
              image: "couchdb:3.5.1",
              env: [
                { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
                { name: "NODENAME", value: `$(POD_NAME).${name}-nodes.${namespace}.svc.cluster.local` },
                environment("COUCHDB_USER", "user"),
                environment("COUCHDB_PASSWORD", "password"),
                environment("COUCHDB_SECRET", "secret"),
                environment("COUCHDB_ERLANG_COOKIE", "cookie"),
              ],
              ports: [{ name: "http", containerPort: port }],
              // The chart's own timing.
              livenessProbe: { httpGet: { path: "/_up", port }, periodSeconds: 10, failureThreshold: 3 },
              readinessProbe: { httpGet: { path: "/_up", port }, periodSeconds: 10, failureThreshold: 3 },
              securityContext: container,
              volumeMounts: [local, defaults, { name: "data", mountPath: "/opt/couchdb/data" }],
            },
          ],
          volumes: [
            { name: "config", configMap: { name: configMap.metadata.name } },
            { name: "local", emptyDir: {} },
            { name: "default", emptyDir: {} },
          ],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: "data" },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Gi" } } },
        },
      ],
    },
  });
  new kubernetes.batch.v1.Job(
    "finish",
    {
      metadata: { ...metadata, name: `${name}-finish` },
      spec: {
        backoffLimit: 6,
        template: {
          spec: {
            restartPolicy: "Never",
            securityContext: { runAsUser: 1000, runAsGroup: 1000 },
            containers: [
              {
                name: "finish",
                image: "node:22-slim",
                command: ["node", "-e", finish],
                env: [
                  environment("COUCHDB_USER", "user"),
                  environment("COUCHDB_PASSWORD", "password"),
                  { name: "HOST", value: host(0) },
                ],
                securityContext: container,
              },
            ],
          },
        },
      },
    },
    { dependsOn: [statefulSet] },
  );
  return { url: service.metadata.name.apply((host) => `http://${host}:${port}`) };
}

/** Asks every two seconds until it is granted, as the chart's hook with curl. */
const finish = `
const { COUCHDB_USER: user, COUCHDB_PASSWORD: password, HOST: host } = process.env;
const headers = {
  authorization: "Basic " + Buffer.from(user + ":" + password).toString("base64"),
  "content-type": "application/json",
};
const ask = () =>
  fetch("http://" + host + ":${port}/_cluster_setup", { method: "POST", headers, body: '{"action":"finish_cluster"}' })
    .then((answer) => { if (!answer.ok) throw answer.status; })
    .catch(() => setTimeout(ask, 2000));
ask();
`;
