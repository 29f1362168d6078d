/** Several who evict at once, in every order that a random number generator finds. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Effect, ObjectReference, ObjectState } from "../../components/reschedule/program/review";
import { carryOut, type Objects, type Written } from "../../components/reschedule/program/reviewer";
import { settingsOf } from "../../components/reschedule/program/settings";

const request = { uid: "u", namespace: "shop", name: "db-0", dryRun: false, eviction: true };
const settings = settingsOf({ TRACKING_RESOURCE_TYPE: "namespace" });
const annotation = "cao.couchbase.com/reschedule";

/** Objects as the API server keeps them: a write is refused if the object has changed since it was read. */
class Store implements Objects {
  readonly stored = new Map<string, ObjectState>();
  writes: string[] = [];
  /** Kinds that can't be written. */
  refused: string[] = [];

  constructor() {
    this.put("pod", "pod-1", { app: "couchbase" });
    this.put("namespace", "namespace-1");
  }

  put(kind: string, uid: string, labels = {}): void {
    this.stored.set(kind, { uid, resourceVersion: "1", labels, annotations: {}, age: 60 });
  }

  async read({ kind }: ObjectReference) {
    await sleep(Math.random() * 3);
    return structuredClone(this.stored.get(kind)) ?? "absent";
  }

  async annotate({ object: { kind }, state, annotations }: Effect): Promise<Written> {
    await sleep(Math.random() * 3);
    const now = this.stored.get(kind);
    if (this.refused.includes(kind)) return "refused";
    if (now?.uid !== state.uid || now.resourceVersion !== state.resourceVersion) return "outdated";
    this.writes.push(kind);
    const merged = Object.entries({ ...now.annotations, ...annotations }).filter(([, value]) => value !== null);
    const resourceVersion = String(Number(now.resourceVersion) + 1);
    this.stored.set(kind, {
      ...now,
      resourceVersion,
      annotations: Object.fromEntries(merged) as Record<string, string>,
    });
    return "written";
  }
}

const evict = async (store: Store, changes = {}, patience = 5_000) => {
  const verdict = await carryOut({ ...request, ...changes }, store, settings, performance.now() + patience);
  return verdict.allowed ? "allowed" : verdict.message;
};

test("ten at once: one annotates, the others wait", async () => {
  for (let round = 0; round < 20; round++) {
    const store = new Store();
    const told = await Promise.all(Array.from({ length: 10 }, () => evict(store)));
    assert.equal(told.filter((message) => message === "Reschedule annotation added to pod").length, 1, told.join());
    assert.equal(told.filter((message) => message === "Pod waiting to be rescheduled").length, 9);
    assert.deepEqual(store.writes, ["namespace", "pod"]);
  }
});

test("one that ended between its two writes is made up for", async () => {
  const store = new Store();
  store.refused = ["pod"];
  assert.equal(await evict(store), "Failed to add reschedule annotation to pod");
  store.refused = [];
  assert.equal(await evict(store), "Reschedule annotation added to pod");
  assert.equal(store.stored.get("pod")!.annotations[annotation], "true");
});

test("a pod that comes back under its name is told once, then asked to move again", async () => {
  const store = new Store();
  await evict(store);
  store.put("pod", "pod-2", { app: "couchbase" });
  assert.equal(await evict(store), "Pod has been rescheduled with the same name");
  assert.deepEqual(store.stored.get("namespace")!.annotations, {});
  assert.equal(await evict(store), "Reschedule annotation added to pod");
});

test("a pod that goes while it is looked at", async () => {
  const store = new Store();
  const annotate = store.annotate.bind(store);
  store.annotate = async (effect) => {
    store.stored.delete("pod");
    return annotate(effect);
  };
  assert.equal(await evict(store), "Pod has been rescheduled");
});

test("a dry run answers alike and writes nothing", async () => {
  const store = new Store();
  assert.equal(await evict(store, { dryRun: true }), "Reschedule annotation added to pod");
  assert.deepEqual(store.writes, []);
});

test("it gives up in time where others are always faster", async () => {
  const store = new Store();
  store.annotate = async () => "outdated";
  const start = performance.now();
  assert.equal(await evict(store, {}, 300), "Failed to add annotation to rescheduled pods tracking resource");
  assert.ok(performance.now() - start < 1_000);
});
