/** The hook's program, asked by a real API server. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../../eventually";
import { HookProgram } from "../../reschedule/program";
import { cluster, type KubernetesObject, type TestCluster } from "../../testbed";
import { gatedPod, hookAccount } from "../hook-account";

test("kubectl and the API server are answered through a webhook", async (t) => {
  const api = await cluster();
  if (api.real)
    return t.skip("NOT RUN: an API server elsewhere does not reach this process; its pods are asked elsewhere");
  const namespace = await api.namespace(t, "hook");
  const account = await hookAccount(api, namespace, "hook", { pods: ["get", "patch"], tracking: ["get", "patch"] });
  const hook = await HookProgram.start(t, account, { TRACKING_RESOURCE_TYPE: "namespace" });
  const metadata = { name: `${namespace}-webhook` };
  t.after(() => api.kubectl("delete", "validatingwebhookconfiguration", metadata.name));
  await api.apply("default", [webhook(metadata, namespace, hook)]);
  await api.apply(namespace, [gatedPod("db-0", { app: "couchbase" })]);
  const evict = (deleteOptions: object = {}) => evictionError(api, namespace, "db-0", { deleteOptions });
  // The configuration takes a moment to be known to the API server: until then nothing stands in an eviction's way.
  const dry = { dryRun: ["All"] };
  await eventually("the webhook is asked", async () =>
    (await evict(dry)).includes("Reschedule annotation added to pod"),
  );
  const { metadata: unmarked } = await api.get<KubernetesObject>(namespace, "pod", "db-0");
  assert.equal(unmarked.annotations, undefined);
  assert.match(await evict(), /Reschedule annotation added to pod.*TooManyRequests.*429/);
  assert.match(await evict(), /Pod waiting to be rescheduled.*TooManyRequests.*429/);
  await api.kubectl("--namespace", namespace, "delete", "pod", "db-0");
  assert.match(await evict(), /Pod has been rescheduled.*NotFound.*404/);
  return undefined;
});

async function evictionError(api: TestCluster, namespace: string, name: string, fields: object): Promise<string> {
  const { kubernetesApi } = await import("../../../components/clients/kubernetes/api.js");
  const { core } = await kubernetesApi({ kubeconfig: api.kubeconfig });
  const body = { metadata: { name, namespace }, ...fields };
  return core.createNamespacedPodEviction({ name, namespace, body }).then(
    () => "evicted",
    (error: { body?: string }) => String(error.body),
  );
}

function webhook(metadata: object, namespace: string, { port, certificate }: HookProgram): object {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata,
    webhooks: [
      {
        name: "hook.pulumi-couch.test",
        clientConfig: {
          url: `https://127.0.0.1:${port}/eviction`,
          caBundle: Buffer.from(certificate.pem).toString("base64"),
        },
        rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods/eviction"] }],
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
        admissionReviewVersions: ["v1"],
        sideEffects: "NoneOnDryRun",
        failurePolicy: "Fail",
      },
    ],
  };
}
