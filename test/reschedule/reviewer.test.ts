/** Several evictions at once, in every order that a random number generator finds. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Effect, Fact, ObjectReference, ObjectState } from "../../components/reschedule/program/review";
import { carryOut, type Objects, type Written } from "../../components/reschedule/program/reviewer";
import { settingsOf } from "../../components/reschedule/program/settings";

const request = { uid: "u", namespace: "shop", name: "db-0", dryRun: false, eviction: true };
const settings = settingsOf({ TRACKING_RESOURCE_TYPE: "namespace" });
const annotation = "cao.couchbase.com/reschedule";

/** Objects as the API server keeps them: a write is rejected if the object is not as the effect needs it. */
class Store implements Objects {
  readonly stored = new Map<string, ObjectState>();
  writes: string[] = [];
  /** Kinds that can't be written. */
  rejected: string[] = [];

  constructor() {
    this.put("pod", "pod-1", { app: "couchbase" });
    this.put("namespace", "namespace-1");
  }

  put(kind: string, uid: string, labels = {}): void {
    this.stored.set(kind, { uid, resourceVersion: "1", labels, annotations: {}, age: 60 });
  }

  async read(object: ObjectReference): Promise<Fact> {
    await sleep(Math.random() * 3);
    return structuredClone(this.stored.get(this.keyOf(object))) ?? "absent";
  }

  /** Pods but the first have a name each. */
  private keyOf({ kind, name }: ObjectReference): string {
    return this.stored.has(name) ? name : kind;
  }

  async annotate({ object, state, annotations, unchanged }: Effect): Promise<Written> {
    await sleep(Math.random() * 3);
    const { kind } = object;
    const now = this.stored.get(this.keyOf(object));
    if (this.rejected.includes(kind)) return "rejected";
    if (now?.uid !== state.uid || (unchanged && now.resourceVersion !== state.resourceVersion)) return "outdated";
    const removed = Object.keys(annotations).filter((key) => annotations[key] === null);
    if (removed.some((key) => now.annotations[key] !== state.annotations[key])) return "outdated";
    this.writes.push(kind);
    const merged = Object.entries({ ...now.annotations, ...annotations }).filter(([, value]) => value !== null);
    const resourceVersion = String(Number(now.resourceVersion) + 1);
    this.stored.set(this.keyOf(object), {
      ...now,
      resourceVersion,
      annotations: Object.fromEntries(merged) as Record<string, string>,
    });
    return "written";
  }
}

const evict = async (store: Store, changes = {}, timeout = 5_000) => {
  const verdict = await carryOut({ ...request, ...changes }, store, settings, performance.now() + timeout);
  return verdict.allowed ? "allowed" : verdict.message;
};

/** Has the first of those who read the namespace wait for the others: all of them find the same. */
function readNamespaceTogether(store: Store, readers: number): void {
  const read = store.read.bind(store);
  let go = () => {};
  const together = new Promise<void>((resolve) => {
    go = resolve;
  });
  store.read = async (object) => {
    const found = await read(object);
    if (object.kind !== "namespace") return found;
    if (--readers === 0) go();
    await together;
    return found;
  };
}

test("ten at once: one annotates, the others wait", async () => {
  for (let round = 0; round < 20; round++) {
    const store = new Store();
    const messages = await Promise.all(Array.from({ length: 10 }, () => evict(store)));
    assert.equal(
      messages.filter((message) => message === "Reschedule annotation added to pod").length,
      1,
      messages.join(),
    );
    assert.equal(messages.filter((message) => message === "Pod waiting to be rescheduled").length, 9);
    // All of them may have marked it, which changes nothing any more.
    assert.equal(store.writes.filter((kind) => kind === "pod").length, 1);
    assert.deepEqual(Object.values(store.stored.get("namespace")!.annotations), ["true", "pod-1"]);
  }
});

test("evictions of many pods at once don't hold each other up", async () => {
  const store = new Store();
  const names = Array.from({ length: 30 }, (_, index) => `db-${index}`);
  for (const name of names) store.put(name, name, { app: "couchbase" });
  const messages = await Promise.all(names.map((name) => evict(store, { name })));
  assert.deepEqual(new Set(messages), new Set(["Reschedule annotation added to pod"]));
  assert.equal(store.writes.filter((kind) => kind === "namespace").length, 30, "each has marked its pod once");
});

for (const [mark, annotations] of [
  ["a mark", undefined],
  ["a mark without uid", { "reschedule.hook/shop.db-0": "true" }],
] as const)
  test(`of evictions at once of a pod that has come back, none has it move again: ${mark}`, async () => {
    for (let round = 0; round < 20; round++) {
      const store = new Store();
      await evict(store);
      store.put("pod", "pod-2", { app: "couchbase" });
      if (annotations) store.stored.set("namespace", { ...store.stored.get("namespace")!, annotations });
      readNamespaceTogether(store, 10);
      const messages = await Promise.all(Array.from({ length: 10 }, () => evict(store)));
      assert.deepEqual(new Set(messages), new Set(["Pod has been rescheduled with the same name"]));
      assert.deepEqual(store.stored.get("pod")!.annotations, {});
    }
  });

test("a removal of which the answer was lost is answered as one that was not", async () => {
  const store = new Store();
  await evict(store);
  store.put("pod", "pod-2", { app: "couchbase" });
  const annotate = store.annotate.bind(store);
  // Sent again, it is not the first any more.
  store.annotate = async (effect) => {
    await annotate(effect);
    return annotate(effect);
  };
  assert.equal(await evict(store), "Pod has been rescheduled with the same name");
  assert.deepEqual(store.stored.get("pod")!.annotations, {});
});

test("a review that ended between its two writes is made up for by the next", async () => {
  const store = new Store();
  store.rejected = ["pod"];
  assert.equal(await evict(store), "Failed to add reschedule annotation to pod");
  store.rejected = [];
  assert.equal(await evict(store), "Reschedule annotation added to pod");
  assert.equal(store.stored.get("pod")!.annotations[annotation], "true");
});

test("a pod that comes back under its name is reported once, then asked to move again", async () => {
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
  assert.equal(await evict(store, {}, 300), "Failed to add annotation to rescheduled pods tracking resource");
});
