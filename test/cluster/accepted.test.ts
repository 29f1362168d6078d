/** The API server accepts, in a namespace under the restricted Pod Security Standard, all that the component declares. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CouchDbCluster, type CouchDbClusterArgs } from "../../components";
import { allObjects, known, settled, startMocks } from "../mocks";
import { cluster, type KubernetesObject } from "../testbed";

const variants: Record<string, CouchDbClusterArgs> = {
  defaults: {},
  "one node": { replicas: 1 },
  "the sidecar": { join: "sidecar" },
  "HTTPS, metrics, Ingress": {
    tls: { secretName: "certificate" },
    metrics: true,
    ingress: { host: "orders.example.com", className: "nginx", tlsSecretName: "outside", annotations: { a: "b" } },
  },
  "the sidecar and HTTPS": { join: "sidecar", tls: { secretName: "certificate" } },
  "a load balancer": { service: { type: "LoadBalancer", annotations: { "example.com/scheme": "internal" } } },
  "placement and size": {
    spread: "preferred",
    zoneLabel: "example.com/zone",
    nodeSelector: { disk: "ssd" },
    tolerations: [{ key: "database", operator: "Exists" }],
    imagePullSecrets: ["registry"],
    imagePullPolicy: "Always",
    image: `couchdb@sha256:${"0".repeat(64)}`,
    storageClass: "fast",
    storageSize: "1Ti",
    keepVolumes: false,
    resources: { requests: { cpu: "2", memory: "4Gi" }, limits: { memory: "4Gi" } },
    probes: { startup: { failureThreshold: 120 }, liveness: { timeoutSeconds: 3 } },
    podAnnotations: { "example.com/scrape": "true" },
    labels: { team: "shop" },
    annotations: { "example.com/owner": "shop" },
  },
  "a network policy of one's own": {
    metrics: true,
    networkPolicy: {
      clients: [{ namespaceSelector: { matchLabels: { team: "shop" } } }],
      metricsClients: [{ podSelector: { matchLabels: { app: "prometheus" } } }],
      egress: [{ to: [{ ipBlock: { cidr: "10.1.0.0/16" } }], ports: [{ port: 443 }] }],
    },
  },
};

/** What a cluster is made of, as Kubernetes takes it; besides, a pod as its StatefulSet would make it. */
async function declaredObjects(args: CouchDbClusterArgs): Promise<KubernetesObject[]> {
  startMocks();
  await known(new CouchDbCluster("orders", args).url);
  await settled();
  const objects: KubernetesObject[] = allObjects();
  const statefulSet = objects.find(({ kind }) => kind === "StatefulSet") as unknown as {
    spec: { template: { spec: object }; volumeClaimTemplates: { metadata: { name: string } }[] };
  };
  const { template, volumeClaimTemplates } = statefulSet.spec;
  const volumes = volumeClaimTemplates.map(({ metadata: { name } }) => ({ name, emptyDir: {} }));
  const { volumes: others, ...spec } = template.spec as { volumes: object[] };
  const pod = { metadata: { name: "orders-0" }, spec: { ...spec, volumes: [...volumes, ...others] } };
  return [...objects, { apiVersion: "v1", kind: "Pod", ...pod }];
}

test("the API server accepts", async (t) => {
  const api = await cluster();
  const namespace = await api.namespace(t, "accepted");
  // A pod is refused whose ServiceAccount is not there.
  await api.kubectl("--namespace", namespace, "create", "serviceaccount", "orders");
  for (const [variant, args] of Object.entries(variants))
    await t.test(variant, async () => {
      const objects = await declaredObjects({ namespace, ...args });
      assert.ok(objects.length >= 9);
      await api.apply(namespace, objects, { dryRun: true });
    });

  await t.test("but not what breaks the standard", async () => {
    const objects = await declaredObjects({ namespace });
    const pod = objects.find(({ kind }) => kind === "Pod")!;
    const broken = { ...pod, spec: { ...(pod.spec as object), hostNetwork: true } };
    await assert.rejects(api.apply(namespace, [broken], { dryRun: true }), /violates PodSecurity "restricted/);
  });
});
