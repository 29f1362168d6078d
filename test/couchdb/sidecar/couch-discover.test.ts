import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { CouchDbCluster } from "../../../components/couchdb/cluster/couchdb-cluster";
import type { CouchDiscoverArgs } from "../../../components/couchdb/sidecar/args";
import { CouchDiscover } from "../../../components/couchdb/sidecar/couch-discover";
import { podProblem } from "../../../components/couchdb/sidecar/pod-problem";
import { inputsOf, known, registered, settled, startMocks } from "../../mocks";

type PodSpec = kubernetes.types.output.core.v1.PodSpec;
type Role = kubernetes.types.output.rbac.v1.Role;

const couchdb = { name: "couchdb", image: "couchdb:3.5.1" };

async function discover(args: Partial<CouchDiscoverArgs> = {}): Promise<{ made: CouchDiscover; spec: PodSpec }> {
  const made = new CouchDiscover("orders", {
    podSpec: { containers: [couchdb] },
    statefulSet: "orders",
    headlessService: "orders-nodes",
    ...args,
  });
  const spec = (await known(made.podSpec)) as PodSpec;
  await settled();
  return { made, spec };
}

/** What a program that is not type-checked may give. */
const js = (value: unknown) => value as never;

describe("CouchDiscover", () => {
  beforeEach(startMocks);

  test("is made of these resources", async () => {
    await discover();
    assert.deepEqual(registered.map(({ type, name }) => `${type} ${name}`).sort(), [
      "kubernetes:core/v1:ConfigMap orders-program",
      "kubernetes:core/v1:ServiceAccount orders",
      "kubernetes:rbac.authorization.k8s.io/v1:Role orders",
      "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding orders",
      "pulumi-couch:index:CouchDiscover orders",
    ]);
  });

  test("may read what it needs by name, list EndpointSlices, and nothing else", async () => {
    await discover({ secretNames: ["b", "a"], configMapNames: ["c"] });
    const { rules } = inputsOf<Role>("Role");
    assert.deepEqual(
      rules.map(({ resources, resourceNames, verbs }) => [resources, resourceNames, verbs].join(" ")),
      ["statefulsets orders get", "secrets a,b get", "configmaps c get", "endpointslices  list"],
    );
  });

  test("has no right to Secrets where the password is mounted", async () => {
    const { spec } = await discover({ adminSecret: { name: "orders-admin", passwordKey: "pw" } });
    assert.ok(!JSON.stringify(inputsOf("Role")).includes("secrets"));
    const admin = spec.volumes.find(({ secret }) => secret)!;
    assert.deepEqual(
      admin.secret.items.map(({ key, path }) => `${key} ${path}`),
      ["username user", "pw password"],
    );
    const mounts = (name: string) =>
      spec.containers.filter(({ volumeMounts = [] }) => volumeMounts.some((mount) => mount.name === name));
    assert.deepEqual(
      mounts(admin.name).map(({ name }) => name),
      ["couch-discover"],
    );
  });

  test("may read what the administrator's variables of CouchDB's container refer to, where no Secret is mounted", async () => {
    const env = [
      { name: "COUCHDB_USER", valueFrom: { configMapKeyRef: { name: "admin-name", key: "user" } } },
      { name: "COUCHDB_PASSWORD", valueFrom: { secretKeyRef: { name: pulumi.output("admin-password"), key: "pw" } } },
    ];
    await discover({ podSpec: { containers: [{ ...couchdb, env }] } });
    assert.deepEqual(
      inputsOf<Role>("Role").rules.map(({ resources, resourceNames }) => `${resources} ${resourceNames}`),
      ["statefulsets orders", "secrets admin-password", "configmaps admin-name", "endpointslices undefined"],
    );
  });

  test("the token is mounted into its container alone", async () => {
    const { made, spec } = await discover();
    assert.equal(spec.automountServiceAccountToken, false);
    assert.equal(spec.serviceAccountName, "orders-discover");
    assert.equal(await known(made.serviceAccountName), "orders-discover");
    assert.deepEqual(spec.containers[0], couchdb);
    const projected = spec.volumes.find((volume) => volume.projected)!;
    const mount = spec.containers[1]!.volumeMounts.find(({ name }) => name === projected.name)!;
    assert.equal(mount.mountPath, "/var/run/secrets/kubernetes.io/serviceaccount");
  });

  test("the container is restricted, bounded and probed", async () => {
    const { spec } = await discover({ replicas: pulumi.output(5), logLevel: "debug", clusterDomain: "example.org" });
    const container = spec.containers[1]!;
    assert.deepEqual(container.securityContext, {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      seccompProfile: { type: "RuntimeDefault" },
    });
    assert.equal(container.readinessProbe.httpGet.path, "/ready");
    assert.equal(container.livenessProbe.httpGet.path, "/health");
    const env = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
    assert.equal(env.COUCHDB_CLUSTER_SIZE, "5");
    assert.equal(env.LOG_LEVEL, "debug");
    assert.equal(env.CLUSTER_DOMAIN, "example.org");
  });

  test("runs as the pod's user, where the pod has one", async () => {
    const { spec } = await discover({ podSpec: { containers: [couchdb], securityContext: { runAsUser: 5984 } } });
    assert.equal(spec.containers[1]!.securityContext.runAsUser, undefined);
  });

  test("does not run as root, where the pod does, unless its security is given", async () => {
    const podSpec = { containers: [couchdb], securityContext: { runAsUser: 0 } };
    const { spec } = await discover({ podSpec });
    assert.equal(spec.containers[1]!.securityContext.runAsUser, 1000);
    const given = await discover({ podSpec, securityContext: { runAsNonRoot: true } });
    assert.deepEqual(given.spec.containers[1]!.securityContext, { runAsNonRoot: true });
  });

  test("takes another port", async () => {
    const { spec } = await discover({ port: pulumi.output(18080) });
    const { ports, readinessProbe, livenessProbe, env } = spec.containers[1]!;
    const probed = [readinessProbe, livenessProbe].map(({ httpGet }) => httpGet.port);
    assert.deepEqual([ports[0]!.containerPort, ...probed], [18080, 18080, 18080]);
    assert.equal(env.find(({ name }) => name === "HEALTH_PORT")!.value, "18080");
  });

  const pods: [spec: object, problem: RegExp | undefined][] = [
    [{ serviceAccountName: "mine" }, /run as the ServiceAccount mine; give it as serviceAccountName/],
    [{ serviceAccountName: "orders-discover" }, undefined],
    [{ containers: [{ ...couchdb, ports: [{ containerPort: 8080 }] }] }, /container couchdb has port 8080/],
    [{ containers: [{ ...couchdb, ports: [{ containerPort: 5984 }] }] }, undefined],
  ];
  for (const [spec, problem] of pods)
    test(`pods with ${JSON.stringify(spec)} ${problem ? "are rejected" : "are valid"}`, () => {
      const found = podProblem({ containers: [couchdb], ...spec }, "orders-discover", 8080);
      if (problem) assert.match(found!, problem);
      else assert.equal(found, undefined);
    });

  test("an existing ServiceAccount gets the rights", async () => {
    const { spec } = await discover({ serviceAccountName: "mine", namespace: "shop" });
    assert.equal(spec.serviceAccountName, "mine");
    assert.ok(!registered.some(({ type }) => type.endsWith(":ServiceAccount")));
    const { subjects } = inputsOf<kubernetes.types.output.rbac.v1.RoleBinding>("RoleBinding");
    assert.deepEqual(subjects, [{ kind: "ServiceAccount", name: "mine", namespace: "shop" }]);
  });

  test("the program's ConfigMap is named by Pulumi, has its content's hash, and is within Kubernetes' limit", async () => {
    const { spec } = await discover();
    const { metadata, data } = inputsOf<kubernetes.types.output.core.v1.ConfigMap>("ConfigMap");
    assert.equal(metadata.name, undefined);
    assert.match(metadata.annotations["pulumi-couch/program"]!, /^[0-9a-f]{10}$/);
    assert.ok(JSON.stringify(data).length < 1024 * 1024);
    assert.ok(spec.volumes.some(({ name }) => name === "couch-discover-program"));
  });

  test("its objects have recommended labels, one owner, and one manager of their fields", async () => {
    await discover({ labels: { team: "shop" }, annotations: { note: "n" } });
    const annotations = { note: "n" };
    const managed = { ...annotations, "pulumi.com/patchFieldManager": "pulumi-kubernetes/CouchDiscover" };
    const expected: Record<string, Record<string, string>> = {
      Role: { ...annotations, "pulumi-couch/stack": "test/test" },
      RoleBinding: managed,
      ServiceAccount: managed,
    };
    for (const [kind, own] of Object.entries(expected)) {
      const { metadata } = inputsOf<{ metadata: kubernetes.types.output.meta.v1.ObjectMeta }>(kind);
      assert.deepEqual(metadata.annotations, own, kind);
      assert.deepEqual(metadata.labels, {
        team: "shop",
        "app.kubernetes.io/name": "couch-discover",
        "app.kubernetes.io/instance": "orders",
      });
    }
    const { metadata } = inputsOf<kubernetes.types.output.core.v1.ConfigMap>("ConfigMap");
    const { "pulumi-couch/program": _, ...others } = metadata.annotations;
    assert.deepEqual(others, managed);
  });

  test("as a part of a cluster, its objects are the cluster's", async () => {
    const cluster = new CouchDbCluster("orders", { join: "sidecar", labels: { team: "shop" } });
    await known(cluster.url);
    await settled();
    const { metadata: part } = inputsOf<{ metadata: kubernetes.types.output.meta.v1.ObjectMeta }>("Role");
    const { metadata: whole } = inputsOf<{ metadata: kubernetes.types.output.meta.v1.ObjectMeta }>("StatefulSet");
    assert.equal(part.annotations["pulumi-couch/stack"], undefined);
    const manager = "pulumi.com/patchFieldManager";
    assert.equal(part.annotations[manager], whole.annotations[manager]);
    assert.deepEqual(part.labels, whole.labels);
  });

  test("its pod spec, which may hold secrets, stands in state only with the StatefulSet", async () => {
    await discover();
    assert.equal(inputsOf("CouchDiscover").podSpec, undefined);
    assert.equal(inputsOf("CouchDiscover").statefulSet, "orders");
  });

  test("rejected at once: a name that is not valid in Kubernetes", async () => {
    const args = { podSpec: { containers: [couchdb] }, statefulSet: "orders", headlessService: "orders-nodes" };
    assert.throws(() => new CouchDiscover("Orders", args), { propertyPath: "name" });
    await settled();
  });

  const rejected: [args: Partial<CouchDiscoverArgs>, propertyPath: string, reason: RegExp][] = [
    [{ statefulSet: "" }, "statefulSet", /missing or empty/],
    [{ statefulSet: "Orders" }, "statefulSet", /can't name Kubernetes objects/],
    [{ statefulSet: "o".repeat(53) }, "statefulSet", /longer than 52/],
    [{ headlessService: js(undefined) }, "headlessService", /missing or empty/],
    [{ replicas: 0 }, "replicas", /0 is not a valid number of nodes; give 1 to 9999/],
    [{ replicas: js("3") }, "replicas", /"3" is not a valid number/],
    [{ logLevel: "loud" }, "logLevel", /"loud" is not valid; it must be one of debug, info, warning, error/],
    [{ clusterDomain: "k8s lan" }, "clusterDomain", /"k8s lan" is not a valid domain; give it as cluster.local/],
    [{ port: 65536 }, "port", /65536 is not a valid port; give 1 to 65535/],
  ];
  for (const [args, propertyPath, reason] of rejected)
    test(`rejected at once: ${JSON.stringify(args)}`, async () => {
      await assert.rejects(discover(args), { propertyPath, reason });
      await settled();
    });
});
