import assert from "node:assert/strict";
import { test } from "node:test";
import { settingsOf } from "../../components/reschedule/program/settings";

test("without any variable", () => {
  const { identity: _, ...settings } = settingsOf({});
  assert.deepEqual(settings, {
    label: { key: "app", value: "couchbase" },
    annotation: { key: "cao.couchbase.com/reschedule", value: "true" },
    tracking: "couchbasecluster",
    certificateFile: "/etc/webhook/certs/tls.crt",
    keyFile: "/etc/webhook/certs/tls.key",
    port: 8443,
    metricsPort: 9090,
    requestTimeout: 8_000,
    deleteAfterReady: false,
    namespaces: [],
    lease: { name: "reschedule-hook", namespace: "default", owner: undefined },
    logLevel: "info",
    warnings: [],
  });
});

for (const [env, tracking] of [
  [{ TRACK_RESCHEULED_PODS: "false" }, undefined],
  [{ TRACK_RESCHEDULED_PODS: "False" }, undefined],
  [{ TRACK_RESCHEDULED_PODS: "true", TRACK_RESCHEULED_PODS: "false" }, "couchbasecluster"],
  [{ TRACK_RESCHEDULED_PODS: "", TRACK_RESCHEULED_PODS: "false" }, undefined],
  [{ TRACK_RESCHEDULED_PODS: "", TRACKING_RESOURCE_TYPE: "namespace" }, "namespace"],
  [{ TRACKING_RESOURCE_TYPE: "Namespace" }, "couchbasecluster"],
] as const)
  test(`tracking by ${JSON.stringify(env)}`, () => assert.equal(settingsOf(env).tracking, tracking));

test("what is not understood is reported, and its default applies", () => {
  const env = {
    PORT: "x",
    RESCHEDULE: "now",
    TRACK_RESCHEDULED_PODS: "maybe",
    TRACKING_RESOURCE_TYPE: "pod",
    LOG_LEVEL: "loud",
    REQUEST_TIMEOUT_SECONDS: "0",
  };
  const { warnings, port, deleteAfterReady, requestTimeout } = settingsOf(env);
  assert.deepEqual([port, deleteAfterReady, requestTimeout], [8443, false, 8_000]);
  for (const name of Object.keys(env))
    assert.ok(
      warnings.some((warning) => warning.includes(name)),
      name,
    );
});

test("namespaces", () => assert.deepEqual(settingsOf({ NAMESPACES: " a, b,," }).namespaces, ["a", "b"]));

test("the Lease's owner is the ServiceAccount, where its name and uid are known", () => {
  for (const [env, owner] of [
    [
      { SERVICE_ACCOUNT_NAME: "hook", SERVICE_ACCOUNT_UID: "a-uid" },
      { apiVersion: "v1", kind: "ServiceAccount", name: "hook", uid: "a-uid" },
    ],
    [{ SERVICE_ACCOUNT_NAME: "hook", SERVICE_ACCOUNT_UID: "" }, undefined],
    [{ SERVICE_ACCOUNT_UID: "a-uid" }, undefined],
  ] as const)
    assert.deepEqual(settingsOf(env).lease.owner, owner);
});
