/** The hook's program while it is asked all the time, and while the API server is away. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent } from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../eventually";
import { HookProgram, NotConnected, reviewOf } from "../reschedule/program";
import { cluster } from "../testbed";
import { gatedPod, hookAccount, idleStatefulSet } from "./hook-account";
import type { Pod } from "./orders";
import { isReady } from "./ready";

const all = { pods: ["get", "patch"], tracking: ["get", "patch"] };
const labels = { app: "couchbase" };

async function withPod(t: TestContext) {
  const api = await cluster();
  const namespace = await api.namespace(t, "hook");
  const account = await hookAccount(api, namespace, "hook", all);
  await api.apply(namespace, [gatedPod("db-0", labels, { "cao.couchbase.com/reschedule": "true" })]);
  return { namespace, account };
}

/** Asks over connections that are kept and over new ones until stopped; returns what went wrong, and when. */
function traffic(hook: HookProgram, namespace: string, expected: string) {
  const body = JSON.stringify(reviewOf({ namespace, name: "db-0" }));
  const fingerprints = new Set<string>();
  const errors: { at: number; error: unknown }[] = [];
  let answers = 0;
  let over = false;
  const ask = async (keepAlive: boolean) => {
    const agent = new Agent({ keepAlive, maxSockets: 1, maxCachedSessions: 0, rejectUnauthorized: false });
    while (!over) {
      try {
        const { status, text, fingerprint } = await hook.post(body, {}, agent);
        assert.equal(status, 200);
        assert.ok(text.includes(expected), text);
        if (!keepAlive) fingerprints.add(fingerprint);
        answers++;
      } catch (error) {
        errors.push({ at: performance.now(), error });
        await sleep(20);
      }
    }
    agent.destroy();
  };
  const asking = [true, true, true, true, false, false].map(ask);
  return {
    fingerprints,
    errors,
    answers: () => answers,
    stop: async () => {
      over = true;
      await Promise.all(asking);
    },
  };
}

test("a new certificate is shown while reviews go on", async (t) => {
  const { namespace, account } = await withPod(t);
  const hook = await HookProgram.start(t, account);
  const asked = traffic(hook, namespace, "Pod waiting to be rescheduled");
  for (const versions of [1, 2, 3]) {
    await eventually("the certificate is shown", async () => asked.fingerprints.size === versions);
    if (versions < 3) await hook.certificate.renew();
  }
  await asked.stop();
  assert.deepEqual(asked.errors, []);
  t.diagnostic(`${asked.answers()} answers`);
});

test("SIGTERM loses no review", async (t) => {
  const { namespace, account } = await withPod(t);
  const hook = await HookProgram.start(t, account);
  const asked = traffic(hook, namespace, "Pod waiting to be rescheduled");
  await eventually("reviews are answered", async () => asked.answers() > 100);
  const killed = performance.now();
  const code = await hook.stop();
  await asked.stop();
  assert.equal(code, 0);
  const early = asked.errors.filter(({ at }) => at < killed + 700);
  assert.deepEqual(early, [], "who has not heard of it yet is still answered");
  assert.deepEqual(
    asked.errors.filter(({ error }) => !(error instanceof NotConnected)),
    [],
  );
});

test("an API server that can't be reached", async (t) => {
  const account = { host: "127.0.0.1", port: 1, token: "a-token", ca: "" };
  const hook = await HookProgram.start(t, account);
  const { status } = await hook.review({ namespace: "default", name: "db-0" });
  assert.equal(status!.message, "Failed to get pod");
  assert.equal(status!.code, 500);
  assert.equal((await hook.request("GET", "/readyz")).status, 503);
});

test("an API server that says nothing", async (t) => {
  const silent = createServer().listen(0, "127.0.0.1");
  await once(silent, "listening");
  t.after(() => silent.close());
  const account = { host: "127.0.0.1", port: (silent.address() as AddressInfo).port, token: "a-token", ca: "" };
  const start = (seconds: string) => HookProgram.start(t, account, { REQUEST_TIMEOUT_SECONDS: seconds });
  const [hook, slow] = [await start("1"), await start("30")];
  let isAnswered = false;
  const last = slow.review({ namespace: "default", name: "db-0" }).finally(() => {
    isAnswered = true;
  });
  last.catch(() => {}); // it is killed before it answers
  const { status } = await hook.review({ namespace: "default", name: "db-0" });
  assert.equal(status!.message, "Failed to get pod");
  assert.equal(isAnswered, false, "who may wait for longer does");
  assert.equal((await hook.request("GET", "/readyz")).status, 503);
  for (const { child } of [hook, slow]) child.kill("SIGKILL");
});

test("annotated pods are deleted one at a time, also after the leader has ended", async (t) => {
  const api = await cluster();
  const namespace = await api.namespace(t, "hook");
  const rights = { pods: ["get", "patch", "list", "watch", "delete"], tracking: ["get", "patch"], deleting: true };
  const account = await hookAccount(api, namespace, "hook", rights);
  const programs = new Map<string, HookProgram>();
  for (const name of ["a", "b"]) {
    const env = {
      RESCHEDULE: "delete-after-ready",
      NAMESPACES: namespace,
      TRACKING_RESOURCE_TYPE: "namespace",
      POD_NAME: name,
      POD_NAMESPACE: namespace,
    };
    programs.set(name, await HookProgram.start(t, account, env));
  }
  const pods = async () => (await api.get<{ items: Pod[] }>(namespace, "pods", "--selector=app=couchbase")).items;
  const uids = async () => (await pods()).map(({ metadata }) => metadata.uid).sort();
  const ready = (count: number) =>
    eventually(`${count} pods are ready`, async () => {
      const all = await pods();
      return all.length === count && all.every(isReady) && all;
    });
  await api.apply(namespace, [idleStatefulSet("db", 3, labels)]);
  await ready(3);

  const movesAll = async (hook: HookProgram) => {
    const before = await uids();
    for (const name of ["db-0", "db-1", "db-2"]) {
      const { status } = await hook.review({ namespace, name });
      assert.match(status!.message, /Reschedule annotation added to pod|Pod waiting/);
    }
    let least = 3;
    await eventually("all pods are new", async () => {
      const all = await pods();
      least = Math.min(least, all.filter(isReady).length);
      return all.length === 3 && all.every((pod) => isReady(pod) && !before.includes(pod.metadata.uid));
    });
    assert.equal(least, 2);
    // The next eviction of each is answered that it has happened.
    for (const name of ["db-0", "db-1", "db-2"])
      assert.equal(
        (await hook.review({ namespace, name, dryRun: false })).status!.message,
        "Pod has been rescheduled with the same name",
      );
  };
  const leader = await eventually("one of them leads", async () => {
    const { spec } = await api.get<{ spec: { holderIdentity?: string } }>(namespace, "lease", "reschedule-hook");
    return spec.holderIdentity;
  });
  const other = programs.get(leader === "a" ? "b" : "a")!;
  await movesAll(other);
  const before = performance.now();
  await programs.get(leader)!.stop();
  await movesAll(other);
  t.diagnostic(`all moved again ${Math.round(performance.now() - before)} ms after the leader was asked to end`);
  assert.match(await other.metrics(), /reschedule_hook_leader 1\n/);
});
