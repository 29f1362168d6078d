/** What `RescheduleHook` declares, in all its variants, is what the API server takes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { makeAuthority } from "../../components/kubernetes/server-certificate/issue";
import { Reschedule, type RescheduleHookArgs, TrackingResource } from "../../components/reschedule/args";
import { Presets } from "../../components/reschedule/presets";
import { RescheduleHook } from "../../components/reschedule/reschedule-hook";
import { allObjects, known, settled, startMocks } from "../mocks";
import { cluster } from "../testbed";

const resources = { requests: { cpu: "1m", memory: "64Mi" }, limits: { memory: "256Mi" } };
const everything: RescheduleHookArgs = {
  selector: { key: "app", value: "db" },
  annotation: { key: "example.org/move", value: "now" },
  trackingResource: TrackingResource.Namespace,
  reschedule: Reschedule.DeleteAfterReady,
  failurePolicy: "Ignore",
  timeoutSeconds: 30,
  replicas: 3,
  image: "node:20-slim",
  imagePullPolicy: "IfNotPresent",
  imagePullSecrets: ["registry"],
  resources,
  logLevel: "debug",
  nodeSelector: { "kubernetes.io/os": "linux" },
  tolerations: [{ operator: "Exists" }],
  priorityClassName: "system-cluster-critical",
  labels: { team: "data" },
  annotations: { note: "n" },
};

const statefulSet = Presets.statefulSet({ key: "app", value: "db" });

const variants: [title: string, args: (namespace: string) => RescheduleHookArgs][] = [
  ["Couchbase, everywhere", () => ({})],
  ["Couchbase, in one namespace", (namespace) => ({ namespaces: [namespace] })],
  [
    "a StatefulSet, moved by the hook",
    (namespace) => ({ preset: statefulSet, namespaces: [namespace], ...everything }),
  ],
  ["everything, everywhere", () => everything],
  ["cert-manager", () => ({ certificate: { issuerRef: { name: "house" } } })],
];

for (const [title, argsIn] of variants)
  test(title, async (t) => {
    const api = await cluster();
    const namespace = await api.namespace(t, "hook");
    const { certificate: caBundle } = await makeAuthority({ from: new Date(), to: new Date(Date.now() + 86_400_000) });
    startMocks();
    const args = argsIn(namespace);
    const certificate = args.certificate ?? { secretName: "mine", caBundle };
    const hook = new RescheduleHook("hook", { namespace, ...args, certificate });
    await known(hook.webhookName);
    await settled();
    // cert-manager is not there.
    const objects = allObjects().filter(({ kind }) => kind !== "Certificate");
    assert.ok(objects.length >= 8, `${objects.length} objects`);
    const shown = await api.apply(namespace, objects, { dryRun: true });
    assert.equal(shown.trim().split("\n").length, objects.length);
  });
