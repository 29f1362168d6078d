/** A user's own StatefulSet, joined by what `CouchDiscover` adds to it and by nothing else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CouchDbClient } from "../../components/clients/couchdb/client";
import { CouchDiscover } from "../../components/couchdb/sidecar/couch-discover";
import { eventually } from "../eventually";
import { known, objectOf, settled, startMocks } from "../mocks";
import { residentKiBIn } from "../resident";
import { cluster, type TestCluster } from "../testbed";
import { applyPods, type CouchDbPods, declaredPods, user } from "./couchdb-pods";
import { allReady } from "./ready";

const sidecar = ["--container", "couch-discover"];

/** A container's last run. */
interface Ended {
  name: string;
  lastState: { terminated?: { exitCode: number } };
}

/** Applies the pods with the container added. What the component declares is applied as it would be by Pulumi. */
async function applyDiscovered(api: TestCluster, pods: CouchDbPods, adminSecret: boolean): Promise<void> {
  startMocks();
  const discover = new CouchDiscover("orders", {
    // The marks of CouchDB's container and of the pod, which `applyPods` fills in.
    podSpec: { containers: [], securityContext: { runAsUser: 5984 } },
    statefulSet: "orders",
    headlessService: "orders",
    namespace: pods.namespace,
    logLevel: "debug",
    ...(adminSecret ? { adminSecret: { name: "admin" } } : { secretNames: ["admin"] }),
  });
  const { containers, volumes, securityContext: _, ...spec } = await known(discover.podSpec);
  await settled();
  const made: [kind: string, apiVersion: string][] = [
    ["ConfigMap", "v1"],
    ["ServiceAccount", "v1"],
    ["Role", "rbac.authorization.k8s.io/v1"],
    ["RoleBinding", "rbac.authorization.k8s.io/v1"],
  ];
  const secret = { username: user, password: pods.password };
  await api.apply(pods.namespace, [
    ...made.map(([kind, apiVersion]) => objectOf(apiVersion, kind)),
    { apiVersion: "v1", kind: "Secret", metadata: { name: "admin" }, stringData: secret },
  ]);
  const reference = (key: string) => ({ valueFrom: { secretKeyRef: { name: "admin", key } } });
  const env = [
    { name: "COUCHDB_ADMIN_USER", ...reference("username") },
    { name: "COUCHDB_ADMIN_PASS", ...reference("password") },
  ];
  await applyPods(api, {
    ...pods,
    spec,
    added: { containers: containers as object[], volumes: volumes as object[] },
    env,
  });
}

async function joined(api: TestCluster, pods: CouchDbPods): Promise<void> {
  await allReady(api, pods.namespace, "orders", pods.replicas).catch(async (error: Error) => {
    const log = ["--namespace", pods.namespace, "logs", "--selector=app=orders", "--prefix", "--tail=6", ...sidecar];
    throw new Error(
      `${error.message}\n${await api.kubectl("--namespace", pods.namespace, "get", "pods")}${await api.kubectl(...log)}`,
    );
  });
  const { nodes, adminPassword: password, kubernetes } = declaredPods(api, pods);
  for (const { url } of nodes) {
    const client = new CouchDbClient(url, { adminUser: user, adminPassword: password, kubernetes });
    const membership = await client.request<{ all_nodes: string[]; cluster_nodes: string[] }>({ path: "_membership" });
    assert.equal(membership.cluster_nodes.length, pods.replicas);
    assert.equal(membership.all_nodes.length, pods.replicas);
    assert.equal((await client.request<{ state: string }>({ path: "_cluster_setup" })).state, "cluster_finished");
  }
}

for (const adminSecret of [true, false])
  test(`a StatefulSet is joined, and grows, with the password ${adminSecret ? "mounted" : "by reference"}`, async (t) => {
    const api = await cluster();
    const pods = { namespace: await api.namespace(t, "discover"), replicas: 3, password: "pass-of-this-test" };
    await applyDiscovered(api, pods, adminSecret);
    await joined(api, pods);

    const grown = { ...pods, replicas: 4 };
    await api.kubectl("--namespace", pods.namespace, "scale", "statefulset", "orders", "--replicas=4");
    await joined(api, grown);

    for (const ordinal of [0, 3]) {
      const status = await api.kubectl(
        "--namespace",
        pods.namespace,
        "exec",
        `orders-${ordinal}`,
        ...sidecar,
        "--",
        "cat",
        "/proc/1/status",
      );
      const resident = residentKiBIn(status);
      t.diagnostic(`orders-${ordinal}: ${resident} KiB resident`);
      assert.ok(resident <= 64 * 1024, `${resident} KiB`);
      const log = await api.kubectl("--namespace", pods.namespace, "logs", `orders-${ordinal}`, ...sidecar);
      assert.ok(!log.includes(pods.password));
      for (const line of log.trim().split("\n")) JSON.parse(line);
    }

    // As the container's first process, which the kernel spares signals that it does not handle.
    const end = ["node", "-e", 'process.kill(1, "SIGTERM")'];
    // It may take the command with it that ended it: how it ended is seen below.
    await api.kubectl("--namespace", pods.namespace, "exec", "orders-3", ...sidecar, "--", ...end).catch(() => {});
    const ended = await eventually("the container has ended", async () => {
      const { status } = await api.get<{ status: { containerStatuses: Ended[] } }>(pods.namespace, "pod", "orders-3");
      return status.containerStatuses.find(({ name }) => name === sidecar[1])?.lastState.terminated;
    });
    assert.equal(ended.exitCode, 0);
    await joined(api, grown);
  });
