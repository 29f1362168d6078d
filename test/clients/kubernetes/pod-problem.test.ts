import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CoreV1Event, V1Pod } from "../../../components/clients/kubernetes/client-library";
import { missingPodProblem, podProblemOf } from "../../../components/clients/kubernetes/pod-problem";

const metadata = { namespace: "shop", name: "orders-2" };

const pod = (status: object, more: object = {}) => ({ metadata: { ...metadata, ...more }, status }) as unknown as V1Pod;

/** A pod whose container is in this state. */
const container = (status: object) =>
  pod({
    phase: "Pending",
    podIP: "10.0.0.1",
    containerStatuses: [{ name: "couchdb", image: "couchdb:9", restartCount: 0, ...status }],
  });

const waiting = (reason: string, message?: string, more: object = {}) =>
  container({ state: { waiting: { reason, message } }, ...more });

const unscheduled = (message: string) =>
  pod({ phase: "Pending", conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }] });

const event = (reason: string, message: string, more: object = {}) =>
  ({
    reason,
    message,
    type: "Warning",
    metadata: {},
    involvedObject: { kind: "Pod", name: "orders-2" },
    ...more,
  }) as unknown as CoreV1Event;

const crashed = (restartCount: number, ended: object) =>
  waiting("CrashLoopBackOff", "back-off", { restartCount, lastState: { terminated: ended } });

describe("pods with problems", () => {
  const noRoom = "0/1 nodes are available: 1 Insufficient cpu.";
  const noClaim = "pod has unbound immediate PersistentVolumeClaims";
  const claimEvent = event("ProvisioningFailed", 'storageclass "fast" not found', {
    involvedObject: { kind: "PersistentVolumeClaim", name: "data-orders-2" },
  });
  const normal = (reason: string, message: string) =>
    event(reason, message, { type: "Normal", involvedObject: claimEvent.involvedObject });
  const cases: [
    title: string,
    pod: V1Pod,
    events: CoreV1Event[],
    kind: string,
    toleratedSeconds: number,
    says: RegExp,
  ][] = [
    [
      "no node has room",
      unscheduled(noRoom),
      [],
      "unschedulable",
      30,
      /^can't be scheduled: 0\/1 nodes are available: 1 I/,
    ],
    [
      "no node has room, but one is being made",
      unscheduled(noRoom),
      [event("TriggeredScaleUp", "pod triggered scale-up: [{pool 1->2}]")],
      "unschedulable",
      Infinity,
      /a node is on its way: pod triggered scale-up/,
    ],
    [
      "so says Karpenter",
      unscheduled(noRoom),
      [event("Nominated", "Pod should schedule on: nodeclaim/a")],
      "unschedulable",
      Infinity,
      /on its way/,
    ],
    [
      "a claim that is never bound",
      unscheduled(noClaim),
      [claimEvent],
      "claim",
      30,
      /claim data-orders-2, .*storageclass "fast" not found/,
    ],
    ["a claim without an event", unscheduled(noClaim), [], "volume", Infinity, /volume claims: pod has unbound/],
    [
      "a claim whose volume is being made",
      unscheduled(noClaim),
      [
        normal("WaitForFirstConsumer", "waiting for first"),
        normal("ExternalProvisioning", "Waiting for a volume to be"),
      ],
      "volume",
      Infinity,
      /^waits for the volume of its claim data-orders-2: Waiting for a volume/,
    ],
    [
      "one of which that has failed once",
      unscheduled(noClaim),
      [claimEvent, normal("Provisioning", "External provisioner is provisioning volume")],
      "claim",
      30,
      /can't be bound: storageclass "fast" not found/,
    ],
    [
      "a claim that no volume fits",
      unscheduled("0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind."),
      [normal("WaitForFirstConsumer", "waiting for first")],
      "claim",
      30,
      /didn't find available/,
    ],
    [
      "an image that is not there",
      waiting("ErrImagePull", "not found"),
      [],
      "image",
      10,
      /^can't pull the image couchdb:9: ErrImagePull: not found/,
    ],
    ["the same, later", waiting("ImagePullBackOff"), [], "image", 10, /ImagePullBackOff/],
    ["an image that has no name", waiting("InvalidImageName"), [], "image", 10, /InvalidImageName/],
    ["an image that must not be pulled", waiting("ErrImageNeverPull"), [], "image", 10, /ErrImageNeverPull/],
    [
      "a Secret that is missing",
      waiting("CreateContainerConfigError", 'secret "admin" not found'),
      [],
      "config",
      10,
      /^can't start container couchdb: CreateContainerConfigError: secret "admin" not found$/,
    ],
    [
      "a container that crashes again and again",
      crashed(2, { exitCode: 137, reason: "OOMKilled" }),
      [],
      "crash",
      0,
      /exit code 137, OOMKilled, and has been restarted 2 times; see `kubectl logs -n shop orders-2 -c couchdb --previous`/,
    ],
    ["a first crash", crashed(1, { exitCode: 1 }), [], "crash", Infinity, /ended with exit code 1/],
    [
      "a crash, just now",
      container({ state: { terminated: { exitCode: 1, reason: "Error" } } }),
      [],
      "crash",
      Infinity,
      /-c couchdb`$/,
    ],
    [
      "an init container that crashes",
      pod({
        phase: "Pending",
        initContainerStatuses: [
          {
            name: "copy",
            restartCount: 3,
            state: { waiting: { reason: "CrashLoopBackOff" } },
            lastState: { terminated: { exitCode: 1 } },
          },
        ],
        containerStatuses: [{ name: "couchdb", restartCount: 0, state: { waiting: { reason: "PodInitializing" } } }],
      }),
      [],
      "crash",
      0,
      /container copy/,
    ],
    [
      "an image that is not there, before the status tells",
      waiting("PodInitializing"),
      [
        event("Pulling", "Pulling image"),
        event("Failed", 'Failed to pull image "a:b": not found'),
        event("Failed", "Error: ErrImagePull"),
      ],
      "image",
      10,
      /^can't pull an image: Failed to pull image "a:b": not found; check/,
    ],
    [
      "a Secret that is missing, before the status tells",
      waiting("PodInitializing"),
      [event("Failed", 'Error: secret "admin" not found')],
      "config",
      10,
      /^can't start a container: secret "admin" not found$/,
    ],
    [
      "a volume that can't be mounted",
      pod({ phase: "Pending" }),
      [
        event("FailedMount", "an older one", { lastTimestamp: "2026-01-01T00:00:00Z" }),
        event("FailedMount", 'configmap "ini" not found', { lastTimestamp: "2026-01-01T00:01:00Z" }),
      ],
      "sandbox",
      30,
      /prepared by its node: configmap "ini" not found/,
    ],
    [
      "an eviction",
      pod({ phase: "Failed", reason: "Evicted", message: "low on disk" }),
      [],
      "evicted",
      30,
      /has ended: Evicted: low on disk/,
    ],
  ];
  for (const [title, seen, events, kind, toleratedSeconds, says] of cases)
    test(title, () => {
      const problem = podProblemOf(seen, events);
      assert.deepEqual([problem?.kind, problem?.toleratedSeconds], [kind, toleratedSeconds]);
      assert.match(problem!.text, says);
    });
});

describe("pods that are still starting", () => {
  const cases: Record<string, V1Pod> = {
    "one just made": pod({}),
    "one being made": waiting("ContainerCreating"),
    "one that runs": container({ state: { running: {} } }),
    "one that is being deleted": pod({ phase: "Failed" }, { deletionTimestamp: new Date() }),
    "one that is held back on purpose": pod({
      conditions: [{ type: "PodScheduled", status: "False", reason: "SchedulingGated" }],
    }),
    "one whose init container is done": container({ state: { terminated: { exitCode: 0, reason: "Completed" } } }),
  };
  for (const [title, seen] of Object.entries(cases))
    test(title, () => assert.equal(podProblemOf(seen, [event("Pulling", "image")]), undefined));
});

test("a volume that could not be mounted at first is not a problem once a container has been started", () => {
  const failed = event("FailedMount", "not attached yet");
  const starting = (state: object) =>
    pod({ phase: "Pending", initContainerStatuses: [{ name: "copy", restartCount: 0, state }] });
  assert.equal(podProblemOf(starting({ waiting: { reason: "PodInitializing" } }), [failed])?.kind, "sandbox");
  assert.equal(podProblemOf(starting({ running: {} }), [failed]), undefined);
  assert.equal(podProblemOf(starting({ terminated: { exitCode: 0 } }), [failed]), undefined);
});

test("what was reported of an earlier pod of the same name is not reported of this one", () => {
  const failed = event("Failed", 'Failed to pull image "a:b"', { involvedObject: { kind: "Pod", uid: "earlier" } });
  assert.equal(podProblemOf(waiting("ContainerCreating"), [failed]), undefined);
});

test("an image that is being pulled again is given the time for it", () => {
  const at = (lastTimestamp: string) => ({ lastTimestamp });
  const failed = event("Failed", 'Failed to pull image "a:b"', at("2026-01-01T00:00:00Z"));
  const again = event("Pulling", 'Pulling image "a:b"', at("2026-01-01T00:00:09Z"));
  assert.equal(podProblemOf(waiting("ContainerCreating"), [failed, again]), undefined);
});

test("a pod that is not created is reported with the cause that its StatefulSet reports", () => {
  const refused =
    'create Pod orders-2 in StatefulSet orders failed error: pods "orders-2" is forbidden: exceeded quota';
  const problem = missingPodProblem([event("FailedCreate", refused)]);
  assert.match(problem.text, /^can't be made: create Pod orders-2 .* exceeded quota$/);
  assert.equal(problem.toleratedSeconds, 15);
});

test("one that its StatefulSet says nothing of has the time in which its controller tries again", () => {
  const { text, toleratedSeconds } = missingPodProblem([]);
  assert.match(text, /does not exist/);
  assert.equal(toleratedSeconds, 90);
});
