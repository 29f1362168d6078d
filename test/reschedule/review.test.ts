import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { patchOf } from "../../components/reschedule/program/objects";
import { type Fact, type Facts, markOf, type ObjectState, review } from "../../components/reschedule/program/review";
import { settingsOf } from "../../components/reschedule/program/settings";

const request = { uid: "u", namespace: "shop", name: "db-0", dryRun: false, eviction: true };
const key = "reschedule.hook/shop.db-0";
const uidKey = "uid.reschedule.hook/shop.db-0";
const marked = { "cao.couchbase.com/reschedule": "true" };

const object = (state: Partial<ObjectState>): ObjectState => ({
  uid: "an-object",
  resourceVersion: "7",
  labels: {},
  annotations: {},
  age: 60,
  ...state,
});
const pod = (state: Partial<ObjectState> = {}) =>
  object({ uid: "pod-1", labels: { app: "couchbase", couchbase_cluster: "cb" }, ...state });
const tracking = (annotations = {}, upgradeProcess?: string) => object({ annotations, upgradeProcess });

const added = "429 TooManyRequests: Reschedule annotation added to pod";
const annotate = `pod shop/db-0 {"cao.couchbase.com/reschedule":"true"}`;
const cannotAnnotate = "Failed to add reschedule annotation to pod";
const cannotRemove = "Failed to remove tracking annotation from rescheduled pods tracking resource";
const mark = `{"${key}":"true","${uidKey}":"pod-1"}`;

interface Case {
  what: string;
  env?: Record<string, string>;
  eviction?: boolean;
  pod?: Fact;
  tracking?: Fact;
  /** Uid of the pod whose mark another has removed first. */
  unmarked?: string;
  /** What is to be read, or the answer. */
  expected: string;
  /** Each with the message if it fails. */
  effects?: [string, string][];
}

const byNamespace = { TRACKING_RESOURCE_TYPE: "namespace" };
const untracked = { TRACK_RESCHEDULED_PODS: "false" };

const cases: Case[] = [
  { what: "a request other than an eviction", eviction: false, expected: "allowed" },
  { what: "nothing known", expected: "read pod shop/db-0" },
  { what: "no pod", pod: "absent", expected: "404 NotFound: Pod has been rescheduled" },
  { what: "an unreadable pod", pod: "unreadable", expected: "500 InternalError: Failed to get pod" },
  { what: "no label", pod: pod({ labels: {} }), expected: "allowed" },
  { what: "another label's value", pod: pod({ labels: { app: "web" } }), expected: "allowed" },
  { what: "another label, annotated", pod: pod({ labels: {}, annotations: marked }), expected: "allowed" },
  {
    what: "annotated",
    pod: pod({ annotations: marked }),
    expected: "429 TooManyRequests: Pod waiting to be rescheduled",
  },
  { what: "tracked by a cluster", pod: pod(), expected: "read couchbasecluster shop/cb" },
  { what: "of no cluster", pod: pod({ labels: { app: "couchbase" } }), expected: "read couchbasecluster shop/" },
  { what: "tracked by its namespace", env: byNamespace, pod: pod(), expected: "read namespace /shop" },
  {
    what: "an unknown kind",
    env: { TRACKING_RESOURCE_TYPE: "x" },
    pod: pod(),
    expected: "read couchbasecluster shop/cb",
  },
  { what: "untracked", env: untracked, pod: pod(), expected: added, effects: [[annotate, cannotAnnotate]] },
  ...(["absent", "unreadable"] as const).map((fact) => ({
    what: `${fact} tracking resource`,
    pod: pod(),
    tracking: fact,
    expected: "500 InternalError: Failed to get rescheduled pods tracking resource",
  })),
  {
    what: "a mark of a pod that is gone",
    pod: pod(),
    tracking: tracking({ [key]: "true", [uidKey]: "pod-0" }),
    expected: "404 NotFound: Pod has been rescheduled with the same name",
    effects: [[`couchbasecluster shop/cb {"${key}":null,"${uidKey}":null}`, cannotRemove]],
  },
  {
    what: "a mark that a drain left which was given up, as the pod is back for long",
    env: byNamespace,
    pod: pod({ age: 601 }),
    tracking: tracking({ [key]: "true", [uidKey]: "pod-0" }),
    expected: added,
    effects: [
      [`namespace /shop ${mark}`, "Failed to add annotation to rescheduled pods tracking resource"],
      [annotate, cannotAnnotate],
    ],
  },
  {
    what: "a mark without uid, however long the pod is back",
    pod: pod({ age: 601 }),
    tracking: tracking({ [key]: "true" }),
    expected: "404 NotFound: Pod has been rescheduled with the same name",
    effects: [[`couchbasecluster shop/cb {"${key}":null}`, cannotRemove]],
  },
  {
    what: "a mark without uid",
    pod: pod(),
    tracking: tracking({ [key]: "true" }),
    expected: "404 NotFound: Pod has been rescheduled with the same name",
    effects: [[`couchbasecluster shop/cb {"${key}":null}`, cannotRemove]],
  },
  {
    what: "a mark without uid, and a pod without",
    pod: pod({ uid: undefined }),
    tracking: tracking({ [key]: "true" }),
    expected: "404 NotFound: Pod has been rescheduled with the same name",
    effects: [[`couchbasecluster shop/cb {"${key}":null}`, cannotRemove]],
  },
  {
    what: "a mark that another has removed first",
    env: byNamespace,
    pod: pod(),
    tracking: tracking(),
    unmarked: "pod-1",
    expected: "404 NotFound: Pod has been rescheduled with the same name",
  },
  {
    what: "a mark that another has removed first, of a pod that has gone since",
    pod: pod(),
    tracking: tracking(),
    unmarked: "pod-0",
    expected: added,
    effects: [[annotate, cannotAnnotate]],
  },
  {
    what: "a mark that another has removed first, and set again",
    pod: pod(),
    tracking: tracking({ [key]: "true", [uidKey]: "pod-1" }),
    unmarked: "pod-1",
    expected: added,
    effects: [[annotate, cannotAnnotate]],
  },
  {
    what: "a mark of this very pod",
    pod: pod(),
    tracking: tracking({ [key]: "true", [uidKey]: "pod-1" }),
    expected: added,
    effects: [[annotate, cannotAnnotate]],
  },
  ...[undefined, "SwapRebalance", "DeltaRecovery"].map((process) => ({
    what: `upgradeProcess ${process}`,
    pod: pod(),
    tracking: tracking({ [key]: "false" }, process),
    expected: added,
    effects: [[annotate, cannotAnnotate]] as [string, string][],
  })),
  {
    what: "upgradeProcess InPlaceUpgrade",
    pod: pod(),
    tracking: tracking({}, "InPlaceUpgrade"),
    expected: added,
    effects: [
      [`couchbasecluster shop/cb ${mark}`, "Failed to add annotation to rescheduled pods tracking resource"],
      [annotate, cannotAnnotate],
    ],
  },
  {
    what: "a namespace",
    env: byNamespace,
    pod: pod(),
    tracking: tracking(),
    expected: added,
    effects: [
      [`namespace /shop ${mark}`, "Failed to add annotation to rescheduled pods tracking resource"],
      [annotate, cannotAnnotate],
    ],
  },
  {
    what: "other names",
    env: {
      ...untracked,
      POD_LABEL_SELECTOR_KEY: "db",
      POD_LABEL_SELECTOR_VALUE: "yes",
      RESCHEDULE_ANNOTATION_KEY: "move",
      RESCHEDULE_ANNOTATION_VALUE: "now",
    },
    pod: pod({ labels: { db: "yes" } }),
    expected: added,
    effects: [[`pod shop/db-0 {"move":"now"}`, cannotAnnotate]],
  },
];

for (const { what, env = {}, eviction = true, expected, effects = [], ...facts } of cases)
  test(what, () => {
    const decision = review({ ...request, eviction }, facts as Facts, settingsOf(env));
    const named = ({ kind, namespace, name }: { kind: string; namespace: string; name: string }) =>
      `${kind} ${namespace}/${name}`;
    if (decision.read) {
      assert.equal(`read ${named(decision.object)}`, expected);
      assert.equal(decision.read, decision.object.kind === "pod" ? "pod" : "tracking");
      return;
    }
    const { response } = decision;
    const answer = response.allowed ? "allowed" : `${response.code} ${response.reason}: ${response.message}`;
    assert.equal(answer, expected);
    assert.deepEqual(
      decision.effects.map(({ object, annotations, otherwise }) => [
        `${named(object)} ${JSON.stringify(annotations)}`,
        otherwise.message,
      ]),
      effects,
    );
    for (const { otherwise } of decision.effects)
      assert.deepEqual([otherwise.code, otherwise.reason], [500, "InternalError"]);
  });

test("a mark is a name that Kubernetes takes, and another for each pod", () => {
  const long = ["a", "b"].map((end) => markOf({ namespace: "n".repeat(40), name: `${"p".repeat(40)}${end}` }));
  for (const { key, uidKey } of long)
    for (const name of [key, uidKey]) assert.ok(name.split("/")[1]!.length <= 63, name);
  assert.notEqual(long[0]!.key, long[1]!.key);
  assert.deepEqual(markOf(request), { key, uidKey });
});

describe("a patch says what must not have changed", () => {
  const effectsOn = (facts: Facts) => {
    const decision = review(request, facts, settingsOf(byNamespace));
    assert.ok(!decision.read);
    return decision.effects.map((effect) => patchOf(effect));
  };
  const merge = "application/merge-patch+json";

  test("a pod: nothing at all; a new mark: what is marked", () => {
    assert.deepEqual(effectsOn({ pod: pod(), tracking: tracking() }), [
      {
        contentType: merge,
        body: { metadata: { uid: "an-object", annotations: { [key]: "true", [uidKey]: "pod-1" } } },
        outdated: [404, 409],
      },
      {
        contentType: merge,
        body: { metadata: { uid: "pod-1", resourceVersion: "7", annotations: marked } },
        outdated: [404, 409],
      },
    ]);
  });

  test("a mark that is removed: the mark", () => {
    const [keyPath, uidPath] = [key, uidKey].map((name) => `/metadata/annotations/${name.replace("/", "~1")}`);
    assert.deepEqual(effectsOn({ pod: pod(), tracking: tracking({ [key]: "true", [uidKey]: "pod-0" }) }), [
      {
        contentType: "application/json-patch+json",
        body: [
          { op: "test", path: "/metadata/uid", value: "an-object" },
          { op: "test", path: keyPath, value: "true" },
          { op: "remove", path: keyPath },
          { op: "test", path: uidPath, value: "pod-0" },
          { op: "remove", path: uidPath },
        ],
        outdated: [404, 409, 422],
      },
    ]);
  });

  test("a mark without uid, which looks like any other: nothing at all", () => {
    assert.deepEqual(effectsOn({ pod: pod(), tracking: tracking({ [key]: "true" }) }), [
      {
        contentType: merge,
        body: { metadata: { uid: "an-object", resourceVersion: "7", annotations: { [key]: null } } },
        outdated: [404, 409],
      },
    ]);
  });
});
