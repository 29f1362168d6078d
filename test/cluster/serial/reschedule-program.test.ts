/** The hook's program as it is shipped, against a real API server. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually } from "../../eventually";
import { HookProgram, type ReviewAnswer } from "../../reschedule/program";
import { cluster, type KubernetesObject, type TestCluster } from "../../testbed";
import { couchbaseCluster, couchbaseKind } from "../couchbase";
import { gatedPod, hookAccount } from "../hook-account";

const annotation = "cao.couchbase.com/reschedule";
const all = { pods: ["get", "patch"], tracking: ["get", "patch"] };

describe("RescheduleHook's program", () => {
  const ending: (() => unknown)[] = [];
  const suite = { after: (end: () => unknown) => void ending.unshift(end) };
  let api: TestCluster;
  let namespace: string;
  let pods = 0;

  before(async () => {
    api = await cluster();
    namespace = await api.namespace(suite, "hook");
    await couchbaseKind(api, suite);
  });
  after(async () => {
    for (const end of ending) await end();
  });

  /** A pod that is never started. */
  async function makePod(labels: object, annotations: object = {}): Promise<string> {
    const name = `db-${pods++}`;
    await api.apply(namespace, [gatedPod(name, labels, annotations)]);
    return name;
  }

  const makeCluster = (name: string, spec: object, annotations?: object) =>
    api.apply(namespace, [couchbaseCluster(name, spec, annotations)]);
  const annotationsOf = async (kind: string, name: string): Promise<Record<string, string>> =>
    (await api.get<KubernetesObject>(namespace, kind, name)).metadata.annotations ?? {};
  const labelsIn = (couchbase_cluster: string) => ({ app: "couchbase", couchbase_cluster });
  const markOf = (pod: string) => `reschedule.hook/${namespace}.${pod}`;
  const start = async (name: string, rights = all, env: Record<string, string> = {}) =>
    HookProgram.start(suite, await hookAccount(api, namespace, name, rights), env);

  function assertDenied(answer: ReviewAnswer, code: number, reason: string, message: string): void {
    const status = { metadata: {}, status: "Failure", message, reason, code };
    assert.deepEqual(answer, { uid: "a-uid", allowed: false, status });
  }
  const assertMarked = (answer: ReviewAnswer) =>
    assertDenied(answer, 429, "TooManyRequests", "Reschedule annotation added to pod");

  test("every decision, where CouchbaseClusters keep which pods were asked to move", async (t) => {
    const hook = await start("couchbase");
    const evict = (name: string, request: object = {}) => hook.review({ namespace, name, ...request });
    await makeCluster("swap", { upgradeProcess: "SwapRebalance" });
    await makeCluster("in-place", { upgradeProcess: "InPlaceUpgrade" });
    await makeCluster("newer", { upgrade: { upgradeProcess: "InPlaceUpgrade" } });

    await t.test("no such pod", async () =>
      assertDenied(await evict("no-such-pod"), 404, "NotFound", "Pod has been rescheduled"),
    );
    await t.test("a pod that can't be read", async () => {
      const answer = await hook.review({ namespace: "kube-system", name: "some-pod" });
      assertDenied(answer, 500, "InternalError", "Failed to get pod");
    });
    await t.test("a pod with another label", async () => {
      const name = await makePod({ app: "web" });
      assert.deepEqual(await evict(name), { uid: "a-uid", allowed: true });
      assert.deepEqual(await annotationsOf("pod", name), {});
    });
    await t.test("a pod that is annotated", async () => {
      const name = await makePod(labelsIn("swap"), { [annotation]: "true" });
      assertDenied(await evict(name), 429, "TooManyRequests", "Pod waiting to be rescheduled");
    });
    await t.test("a pod that is annotated with something else", async () => {
      const name = await makePod(labelsIn("swap"), { [annotation]: "false" });
      assertMarked(await evict(name));
      assert.equal((await annotationsOf("pod", name))[annotation], "true");
    });
    for (const labels of [{ app: "couchbase" }, labelsIn("no-such-cluster")])
      await t.test(`a pod of no cluster: ${JSON.stringify(labels)}`, async () => {
        const message = "Failed to get rescheduled pods tracking resource";
        assertDenied(await evict(await makePod(labels)), 500, "InternalError", message);
      });
    await t.test("a cluster whose pods come back under other names", async () => {
      const name = await makePod(labelsIn("swap"));
      assertMarked(await evict(name));
      assert.deepEqual(await annotationsOf("pod", name), { [annotation]: "true" });
      assert.equal(markOf(name) in (await annotationsOf("couchbasecluster", "swap")), false);
    });
    for (const name of ["in-place", "newer"])
      await t.test(`a cluster whose pods keep their names (${name})`, async (t) => {
        const { spec } = await api.get<{ spec: { upgrade?: object } }>(namespace, "couchbasecluster", name);
        if (name === "newer" && !spec.upgrade) return t.diagnostic("the CRD here is that of an older operator");
        const pod = await makePod(labelsIn(name));
        assertMarked(await evict(pod));
        assert.equal((await annotationsOf("couchbasecluster", name))[markOf(pod)], "true");
        assertDenied(await evict(pod), 429, "TooManyRequests", "Pod waiting to be rescheduled");

        await api.kubectl("--namespace", namespace, "delete", "pod", pod);
        assertDenied(await evict(pod), 404, "NotFound", "Pod has been rescheduled");
        pods = Number(pod.slice(3));
        await makePod(labelsIn(name)); // again
        assertDenied(await evict(pod), 404, "NotFound", "Pod has been rescheduled with the same name");
        const left = Object.keys(await annotationsOf("couchbasecluster", name));
        assert.deepEqual(
          left.filter((key) => key.endsWith(pod)),
          [],
        );
        assert.deepEqual(await annotationsOf("pod", pod), {});
        assertMarked(await evict(pod));
        pods += 10;
        return undefined;
      });
    await t.test("a mark that another hook has left", async () => {
      const name = await makePod(labelsIn("swap"));
      await makeCluster("marked", {}, { [markOf(name)]: "true" });
      await api.kubectl("--namespace", namespace, "label", "pod", name, "couchbase_cluster=marked", "--overwrite");
      assertDenied(await evict(name), 404, "NotFound", "Pod has been rescheduled with the same name");
      assert.equal(markOf(name) in (await annotationsOf("couchbasecluster", "marked")), false);
    });
    for (const dry of [{ dryRun: true }, { object: { deleteOptions: { dryRun: ["All"] } } }])
      await t.test(`a dry run writes nothing: ${JSON.stringify(dry)}`, async () => {
        const name = await makePod(labelsIn("in-place"));
        assertMarked(await evict(name, dry));
        assertMarked(await evict(name, dry));
        assert.deepEqual(await annotationsOf("pod", name), {});
        assert.equal(markOf(name) in (await annotationsOf("couchbasecluster", "in-place")), false);
      });
    await t.test("it says what it did, and no token", async () => {
      const metrics = await hook.metrics();
      assert.match(metrics, /reschedule_hook_reviews_total\{decision="allowed",dry_run="false"\} 1\n/);
      assert.match(
        metrics,
        /reschedule_hook_reviews_total\{decision="reschedule_annotation_added_to_pod",dry_run="true"\} 4\n/,
      );
      await eventually("it is logged", async () => hook.log.includes("Pod waiting to be rescheduled"));
      for (const line of hook.log.trim().split("\n")) JSON.parse(line);
      assert.ok(!/eyJ/.test(hook.log), "no token");
      assert.equal((await hook.request("GET", "/readyz")).status, 200);
    });
  });

  test("every write that is refused", async () => {
    const [marking, annotating] = await Promise.all([
      start("no-marks", { ...all, tracking: ["get"] }),
      start("no-annotations", { ...all, pods: ["get"] }),
    ]);
    await makeCluster("refusing", { upgradeProcess: "InPlaceUpgrade" });
    const fresh = await makePod(labelsIn("refusing"));
    const evict = (hook: HookProgram, name: string) => hook.review({ namespace, name });
    const message = (what: string) => `Failed to ${what} rescheduled pods tracking resource`;
    assertDenied(await evict(marking, fresh), 500, "InternalError", message("add annotation to"));
    assert.deepEqual(await annotationsOf("pod", fresh), {});
    const failed = "Failed to add reschedule annotation to pod";
    assertDenied(await evict(annotating, fresh), 500, "InternalError", failed);
    // Marked by now, but not annotated: still the same pod, so nothing has been rescheduled.
    assertDenied(await evict(annotating, fresh), 500, "InternalError", failed);
    assertMarked(await evict(marking, fresh));

    const back = await makePod(labelsIn("refusing"));
    await makeCluster("refusing", { upgradeProcess: "InPlaceUpgrade" }, { [markOf(back)]: "true" });
    assertDenied(await evict(marking, back), 500, "InternalError", message("remove tracking annotation from"));
  });

  test("every decision, where the namespace keeps them, and where nothing does", async () => {
    const inNamespace = await start("namespace", all, { TRACKING_RESOURCE_TYPE: "namespace" });
    const untracked = await start("untracked", { ...all, tracking: [] }, { TRACK_RESCHEULED_PODS: "false" });
    const kept = await makePod({ app: "couchbase" });
    assertMarked(await inNamespace.review({ namespace, name: kept }));
    assert.equal((await annotationsOf("namespace", namespace))[markOf(kept)], "true");
    const free = await makePod({ app: "couchbase" });
    assertMarked(await untracked.review({ namespace, name: free }));
    assert.equal(markOf(free) in (await annotationsOf("namespace", namespace)), false);
  });

  test("evictions at once annotate once, whichever pod of the hook they reach", async () => {
    const account = await hookAccount(api, namespace, "twice", all);
    const env = { TRACKING_RESOURCE_TYPE: "namespace" };
    const hooks = [await HookProgram.start(suite, account, env), await HookProgram.start(suite, account, env)];
    for (let round = 0; round < 5; round++) {
      const names = await Promise.all([0, 1, 2].map(() => makePod({ app: "couchbase" })));
      const asked = names.flatMap((name) =>
        Array.from({ length: 8 }, (_, index) => ({ name, hook: hooks[index % 2]! })),
      );
      const answers = await Promise.all(
        asked.map(async ({ name, hook }) => `${name}: ${(await hook.review({ namespace, name })).status!.message}`),
      );
      for (const name of names) {
        const count = (message: string) => answers.filter((answer) => answer === `${name}: ${message}`).length;
        assert.equal(count("Reschedule annotation added to pod"), 1, answers.join("\n"));
        assert.equal(count("Pod waiting to be rescheduled"), 7);
        assert.equal((await annotationsOf("namespace", namespace))[markOf(name)], "true");
      }
    }
  });
});
