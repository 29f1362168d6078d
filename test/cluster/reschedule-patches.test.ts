/** What the hook's program writes while others write the same objects of a real API server. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { objectsOf } from "../../components/reschedule/program/objects";
import { type Effect, type Facts, markOf, review } from "../../components/reschedule/program/review";
import { settingsOf } from "../../components/reschedule/program/settings";
import { ApiServer } from "../../components/runtime/api-server";
import { cluster, type KubernetesObject } from "../testbed";
import { gatedPod, hookAccount } from "./hook-account";

const settings = settingsOf({ TRACKING_RESOURCE_TYPE: "namespace" });

/** A pod `db-0` in a namespace of its own, and the program's hands on both. */
async function withPod(t: TestContext) {
  const api = await cluster();
  const namespace = await api.namespace(t, "hook");
  const rights = { pods: ["get", "patch"], tracking: ["get", "patch"] };
  const { host, port, token, ca } = await hookAccount(api, namespace, "hook", rights);
  const account = mkdtempSync(join(tmpdir(), "account-"));
  writeFileSync(join(account, "token"), token);
  writeFileSync(join(account, "ca.crt"), ca);
  const server = new ApiServer({ host, port: String(port), account });
  t.after(() => {
    server.close();
    rmSync(account, { recursive: true });
  });
  const objects = objectsOf(server, () => {});
  const pod = { namespace, name: "db-0" };
  const within = () => performance.now() + 10_000;

  const makePod = () => api.apply(namespace, [gatedPod("db-0", { app: "couchbase" })]);
  await makePod();
  return {
    mark: markOf(pod),
    /** What a review would write by what is there now. */
    async effects(): Promise<Effect[]> {
      const facts: Facts = {
        pod: await objects.read({ kind: "pod", ...pod }, within()),
        tracking: await objects.read({ kind: "namespace", namespace: "", name: namespace }, within()),
      };
      const decision = review({ uid: "u", ...pod, dryRun: false, eviction: true }, facts, settings);
      assert.ok(!decision.read);
      return decision.effects;
    },
    write: (effect: Effect) => objects.annotate(effect, within()),
    annotate: (kind: string, annotation: string) =>
      api.kubectl("--namespace", namespace, "annotate", kind, kind === "pod" ? "db-0" : namespace, annotation),
    annotations: async () => (await api.get<KubernetesObject>("", "namespace", namespace)).metadata.annotations ?? {},
    async replacePod(): Promise<void> {
      await api.kubectl("--namespace", namespace, "delete", "pod", "db-0");
      await makePod();
    },
  };
}

test("a mark is added to what has changed since, the annotation of a pod is not", async (t) => {
  const { mark, effects, write, annotate, annotations } = await withPod(t);
  const [marking, annotating] = await effects();
  await annotate("namespace", "others=mark");
  await annotate("pod", "others=note");
  assert.equal(await write(marking!), "written");
  assert.equal(await write(marking!), "written", "and once more");
  const { [mark.key]: marked, others } = await annotations();
  assert.deepEqual([marked, others], ["true", "mark"]);
  assert.equal(await write(annotating!), "outdated");
});

test("a mark is removed once, and only if it is still the one that was reviewed", async (t) => {
  const { mark, effects, write, annotate, annotations, replacePod } = await withPod(t);
  for (const effect of await effects()) assert.equal(await write(effect), "written");
  await replacePod();
  const [removing] = await effects();
  await annotate("namespace", "others=mark");
  assert.equal(await write(removing!), "written");
  assert.equal(mark.key in (await annotations()), false);
  assert.equal(await write(removing!), "outdated", "it is gone");

  const [marking] = await effects();
  assert.equal(await write(marking!), "written");
  assert.equal(await write(removing!), "outdated", "it is another");
  const { [mark.key]: marked, others } = await annotations();
  assert.deepEqual([marked, others], ["true", "mark"]);
});
