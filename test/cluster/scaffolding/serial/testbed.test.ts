import assert from "node:assert/strict";
import { before, test } from "node:test";
import { eventually } from "../../../eventually";
import { cluster, type KubernetesObject, type TestCluster } from "../../../testbed/index";
import { restrictedContainer, restrictedPodWithVolumes } from "../../restricted";

let kubernetes: TestCluster;

before(async () => {
  kubernetes = await cluster();
});

const IMAGE = "node:22-slim";

/** Answers with its pod's name, and keeps a file as a database would. */
const PROGRAM = `
  process.on("SIGTERM", () => process.exit());
  require("node:fs").writeFileSync("/data/name", require("node:os").hostname());
  require("node:http").createServer((request, response) =>
    response.end(require("node:fs").readFileSync("/data/name"))).listen(8080);
`;

const labels = { app: "web" };

const headless = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web" },
  spec: { clusterIP: "None", selector: labels, ports: [{ name: "http", port: 8080 }] },
};

const service = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "any" },
  spec: { selector: labels, ports: [{ name: "http", port: 80, targetPort: 8080 }] },
};

const statefulSet = {
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: "web" },
  spec: {
    replicas: 3,
    serviceName: "web",
    podManagementPolicy: "Parallel",
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        securityContext: restrictedPodWithVolumes(5984),
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: "kubernetes.io/hostname",
            whenUnsatisfiable: "ScheduleAnyway",
            labelSelector: { matchLabels: labels },
          },
        ],
        containers: [
          {
            name: "web",
            image: IMAGE,
            command: ["node", "-e", PROGRAM],
            readinessProbe: { httpGet: { path: "/", port: 8080 }, periodSeconds: 1 },
            securityContext: restrictedContainer,
            volumeMounts: [{ name: "data", mountPath: "/data" }],
          },
        ],
      },
    },
    volumeClaimTemplates: [
      {
        metadata: { name: "data" },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Mi" } } },
      },
    ],
  },
};

interface Pods {
  items: (KubernetesObject & { spec: { nodeName: string }; status: { podIP: string } })[];
}

interface Identified {
  metadata: { uid: string };
}

test("three pods with volumes become ready and reach each other by name, service, exec and port-forward", async (t) => {
  const namespace = await kubernetes.namespace(t);
  await kubernetes.apply(namespace, [headless, service, statefulSet]);
  await kubernetes.kubectl("--namespace", namespace, "rollout", "status", "statefulset/web", "--timeout=120s");

  await t.test("on all nodes", async () => {
    const { items } = await kubernetes.get<Pods>(namespace, "pods");
    assert.equal(items.length, 3);
    const used = new Set(items.map((pod) => pod.spec.nodeName));
    assert.equal(used.size, Math.min(3, (await kubernetes.hosts()).length));
  });

  const fetching = "fetch(process.argv[1]).then((answer) => answer.text()).then((text) => process.stdout.write(text))";
  const ask = (url: string) => kubernetes.exec(namespace, "web-0", "node", "-e", fetching, url);

  await t.test("each by its own name in DNS", async () => {
    for (const pod of ["web-0", "web-1", "web-2"]) {
      const url = `http://${pod}.web.${namespace}.svc.cluster.local:8080`;
      assert.equal(await eventually(url, () => ask(url)), pod);
    }
  });

  await t.test("all through the service, itself too", async () => {
    const answered = new Set<string>();
    await eventually("an answer of each pod", async () => answered.add(await ask("http://any")).size === 3);
  });

  await t.test("one through a port-forward", async (t) => {
    const port = await kubernetes.portForward(t, namespace, "pod/web-2", 8080);
    const response = await fetch(`http://127.0.0.1:${port}`);
    assert.equal(await response.text(), "web-2");
  });

  await t.test("one through the API server", async () => {
    const path = `/api/v1/namespaces/${namespace}/pods/web-1:8080/proxy/`;
    assert.equal(await kubernetes.kubectl("get", "--raw", path), "web-1");
  });

  await t.test("with the same volume after a restart", async () => {
    const before = await kubernetes.get<{ spec: { volumeName: string } }>(namespace, "pvc", "data-web-0");
    const uid = async () => (await kubernetes.get<Identified>(namespace, "pod", "web-0")).metadata.uid;
    const first = await uid();
    // Not kubectl's own wait, which may miss the end of a pod that comes back under its name.
    await kubernetes.kubectl("--namespace", namespace, "delete", "pod", "web-0", "--grace-period=1", "--wait=false");
    await eventually("another web-0", async () => (await uid()) !== first);
    await eventually("web-0 back", () => ask("http://127.0.0.1:8080"));
    const now = await kubernetes.get<{ spec: { volumeName: string } }>(namespace, "pvc", "data-web-0");
    assert.equal(now.spec.volumeName, before.spec.volumeName);
  });
});

test("the API server refuses what the restricted Pod Security Standard forbids", async (t) => {
  const namespace = await kubernetes.namespace(t);
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "root" },
    spec: { containers: [{ name: "c", image: IMAGE }] },
  };
  await assert.rejects(
    kubernetes.apply(namespace, [pod], { dryRun: true }),
    /violates PodSecurity "restricted:latest"/,
  );
});
