import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Presets } from "../../components";
import { inputsOf, known, registered, startMocks } from "../mocks";
import { container, type Deployment, hook, type Metadata, objects } from "./declared";

/** What the program finds in its environment. */
function environment(): Record<string, string> {
  return Object.fromEntries(container().env.map(({ name, value }) => [name, value]));
}

describe("RescheduleHook", () => {
  beforeEach(startMocks);

  test("is made of these objects", async () => {
    const made = await hook();
    assert.deepEqual(objects(), [
      "ClusterRole tools-hook",
      "ClusterRoleBinding tools-hook",
      "ConfigMap",
      "Deployment hook",
      "PodDisruptionBudget hook",
      "RescheduleHook",
      "Secret hook-tls-HASH",
      "ServerCertificate",
      "Service hook",
      "ServiceAccount hook",
      "ValidatingWebhookConfiguration tools-hook",
    ]);
    assert.equal(await known(made.serviceName), "hook");
    assert.equal(await known(made.namespace), "tools");
    assert.equal(await known(made.webhookName), "tools-hook");
    assert.equal(await known(made.certificateExpires), "2027-06-01T00:00:00.000Z");
  });

  test("objects whose content changes are replaced, of a protected hook too", async () => {
    const unprotected = new Set<string>();
    const record: pulumi.ResourceTransformation = ({ type, name, opts }) => {
      if (opts.protect === false) unprotected.add(`${type} ${name}`);
      return undefined;
    };
    await hook({}, { protect: true, transformations: [record] });
    assert.deepEqual([...unprotected].sort(), [
      "kubernetes:core/v1:ConfigMap hook-program",
      "kubernetes:core/v1:Secret hook-certificate",
    ]);
  });

  test("passes its settings to the program", async () => {
    await hook({
      preset: Presets.statefulSet({ key: "app", value: "orders" }),
      annotation: { key: "move", value: "yes" },
      namespaces: ["store", "shop"],
      reschedule: "delete-after-ready",
      timeoutSeconds: pulumi.output(5),
      logLevel: "debug",
    });
    const { POD_NAME: _, POD_NAMESPACE: __, SERVICE_ACCOUNT_UID: ___, ...env } = environment();
    assert.deepEqual(env, {
      POD_LABEL_SELECTOR_KEY: "app",
      POD_LABEL_SELECTOR_VALUE: "orders",
      RESCHEDULE_ANNOTATION_KEY: "move",
      RESCHEDULE_ANNOTATION_VALUE: "yes",
      TLS_CERT_FILE: "/etc/webhook/certs/tls.crt",
      TLS_KEY_FILE: "/etc/webhook/certs/tls.key",
      TRACK_RESCHEDULED_PODS: "true",
      TRACKING_RESOURCE_TYPE: "namespace",
      RESCHEDULE: "delete-after-ready",
      NAMESPACES: "shop,store",
      LEASE_NAME: "hook",
      SERVICE_ACCOUNT_NAME: "hook",
      REQUEST_TIMEOUT_SECONDS: "4",
      LOG_LEVEL: "debug",
      MALLOC_ARENA_MAX: "1",
    });
  });

  test("passes name and uid of the ServiceAccount: the Lease goes with this one, not with another of its name", async () => {
    const withUid: pulumi.ResourceTransformation = ({ type, props, opts }) =>
      type.endsWith(":ServiceAccount")
        ? { props: { ...props, metadata: { ...props.metadata, uid: "7" } }, opts }
        : undefined;
    await hook({}, { transformations: [withUid] });
    const { SERVICE_ACCOUNT_NAME, SERVICE_ACCOUNT_UID } = environment();
    assert.deepEqual([SERVICE_ACCOUNT_NAME, SERVICE_ACCOUNT_UID], ["hook", "7"]);
  });

  test("has the contract's settings by default", async () => {
    await hook();
    const env = environment();
    assert.equal(`${env.POD_LABEL_SELECTOR_KEY}=${env.POD_LABEL_SELECTOR_VALUE}`, "app=couchbase");
    const annotation = `${env.RESCHEDULE_ANNOTATION_KEY}=${env.RESCHEDULE_ANNOTATION_VALUE}`;
    assert.equal(annotation, "cao.couchbase.com/reschedule=true");
    assert.deepEqual([env.TRACK_RESCHEDULED_PODS, env.TRACKING_RESOURCE_TYPE], ["true", "couchbasecluster"]);
    assert.deepEqual([env.RESCHEDULE, env.NAMESPACES], ["", ""]);
  });

  test("its pods are restricted, bounded, probed, apart, and always all there", async () => {
    await hook();
    const { spec } = inputsOf<Deployment>("Deployment");
    const pod = spec.template.spec;
    assert.equal(spec.replicas, 2);
    assert.deepEqual(spec.strategy.rollingUpdate, { maxUnavailable: 0, maxSurge: 1 });
    const [apart] = pod.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution;
    const [zones] = pod.topologySpreadConstraints;
    assert.deepEqual(
      [apart!.podAffinityTerm.topologyKey, zones!.topologyKey],
      ["kubernetes.io/hostname", "topology.kubernetes.io/zone"],
    );
    assert.equal(pod.terminationGracePeriodSeconds, 20);
    assert.equal(pod.securityContext.runAsNonRoot, true);
    assert.equal(pod.enableServiceLinks, false);
    assert.deepEqual(container().securityContext, {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    });
    assert.equal(container().readinessProbe.httpGet.path, "/readyz");
    assert.equal(container().resources.limits.memory, "128Mi");
    const { maxUnavailable } =
      inputsOf<kubernetes.types.output.policy.v1.PodDisruptionBudget>("PodDisruptionBudget").spec;
    assert.equal(maxUnavailable, 1);
  });

  test("the program's ConfigMap is named by Pulumi, has its content's hash, and is within Kubernetes' limit", async () => {
    await hook();
    const { metadata, data } = inputsOf<kubernetes.types.output.core.v1.ConfigMap>("ConfigMap");
    assert.equal(metadata.name, undefined);
    assert.match(metadata.annotations["pulumi-couch/program"]!, /^[0-9a-f]{10}$/);
    assert.ok(JSON.stringify(data).length < 1024 * 1024);
  });

  test("labels and annotations are on everything", async () => {
    await hook({ labels: { team: "data" }, annotations: { note: "n" }, namespaces: ["shop"] });
    for (const { type, inputs } of registered.filter((resource) => "metadata" in resource.inputs)) {
      const { labels, annotations } = (inputs as unknown as Metadata).metadata;
      assert.deepEqual([labels.team, labels["app.kubernetes.io/instance"]], ["data", "hook"], type);
      assert.equal(annotations.note, "n", type);
    }
  });
});
