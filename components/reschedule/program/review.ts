import { createHash } from "node:crypto";
import { allowed, type Denial, type ReviewRequest, type Verdict } from "./admission";
import type { Settings } from "./settings";

/** An object of Kubernetes, by kind and name. */
export interface ObjectReference {
  kind: "pod" | "couchbasecluster" | "namespace";
  /** A namespace is in none. */
  namespace: string;
  name: string;
}

/** What is read of an object. */
export interface ObjectState {
  uid: string;
  resourceVersion: string;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  /** In seconds since its creation. */
  age: number;
  /** How a CouchbaseCluster's pods are upgraded, and moved. */
  upgradeProcess?: string;
}

/** The outcome of reading an object. */
export type Fact = ObjectState | "absent" | "unreadable";

/** What is known so far. */
export interface Facts {
  pod?: Fact;
  tracking?: Fact;
  /** Uid of a pod whose mark was about to be removed when another review did so first. */
  unmarked?: string;
}

/** Annotations to set, or with null to remove, on an object that is still the one that was read. */
export interface Effect {
  object: ObjectReference;
  state: ObjectState;
  annotations: Record<string, string | null>;
  /** Whether all of the object must be as it was read; otherwise only what is removed must be. */
  unchanged: boolean;
  /** Uid of the pod whose mark this removes. */
  unmarks?: string;
  /** The answer if it can't be done. */
  otherwise: Denial;
}

/** Either what must be read before there is an answer, or the answer, and what must be written before it is given. */
export type Decision =
  | { read: "pod" | "tracking"; object: ObjectReference }
  | { read?: undefined; response: Verdict; effects: Effect[] };

/** The settings that the decision depends on. */
export type ReviewSettings = Pick<Settings, "label" | "annotation" | "tracking">;

/**
 * No client still waits for a pod that came back under its name so many seconds ago: `kubectl drain` tries again every
 * 5 s, cluster-autoscaler every 10 s.
 */
const backForLongSeconds = 600;

/** Decides about an eviction by what is known. Callers of this hook rely on the order of the checks. Pure. */
export function review(request: ReviewRequest, facts: Facts, settings: ReviewSettings): Decision {
  if (!request.eviction) return answer(allowed);
  const object: ObjectReference = { kind: "pod", namespace: request.namespace, name: request.name };
  const { pod } = facts;
  if (pod === undefined) return { read: "pod", object };
  if (pod === "absent") return answer(gone("Pod has been rescheduled"));
  if (pod === "unreadable") return answer(failed("Failed to get pod"));

  const { label, annotation, tracking } = settings;
  if (entryOf(pod.labels, label.key) !== label.value) return answer(allowed);
  if (entryOf(pod.annotations, annotation.key) === annotation.value)
    return answer(later("Pod waiting to be rescheduled"));

  const annotate: Effect = {
    object,
    state: pod,
    annotations: { [annotation.key]: annotation.value },
    unchanged: true, // of many reviews at once, one annotates
    otherwise: failed("Failed to add reschedule annotation to pod"),
  };
  return tracking === undefined
    ? answer(marked, [annotate])
    : withTracking(request, facts, pod, annotate, trackingObject(tracking, request.namespace, pod));
}

function withTracking(
  request: ReviewRequest,
  { tracking, unmarked }: Facts,
  pod: ObjectState,
  annotate: Effect,
  object: ObjectReference,
): Decision {
  if (tracking === undefined) return { read: "tracking", object };
  if (typeof tracking === "string") return answer(failed("Failed to get rescheduled pods tracking resource"));

  const mark = markOf(request);
  const markedUid = entryOf(tracking.annotations, mark.uidKey);
  if (tracking.annotations[mark.key] === "true" && !isLeftOver(markedUid, pod)) {
    // The same uid: the pod is marked but has not come back. Another review is about to annotate it, or ended before
    // it could.
    if (markedUid !== undefined && markedUid === pod.uid) return answer(marked, [annotate]);
    return answer(sameName, [untrack(object, tracking, mark, pod)]);
  }
  // For this eviction the pod is back, whichever review removed the mark: annotated now, it would have to move again.
  if (unmarked !== undefined && unmarked === pod.uid) return answer(sameName);

  if (!keepsNames(object, tracking)) return answer(marked, [annotate]);
  const annotations = { [mark.key]: "true", [mark.uidKey]: pod.uid };
  const otherwise = failed("Failed to add annotation to rescheduled pods tracking resource");
  // All of many reviews at once may write: what else they change there are the marks of other pods.
  return answer(marked, [{ object, state: tracking, annotations, unchanged: false, otherwise }, annotate]);
}

function untrack(object: ObjectReference, state: ObjectState, { key, uidKey }: Mark, pod: ObjectState): Effect {
  const hasUid = uidKey in state.annotations;
  const annotations = { [key]: null, ...(hasUid && { [uidKey]: null }) };
  const otherwise = failed("Failed to remove tracking annotation from rescheduled pods tracking resource");
  // A mark without uid looks like any other mark of that pod.
  return { object, state, annotations, unchanged: !hasUid, unmarks: pod.uid, otherwise };
}

function trackingObject(kind: "couchbasecluster" | "namespace", namespace: string, pod: ObjectState): ObjectReference {
  return kind === "namespace"
    ? { kind, namespace: "", name: namespace }
    : { kind, namespace, name: entryOf(pod.labels, "couchbase_cluster") ?? "" };
}

/** Whether a mark is left over from a drain that was given up: it would end the next drain too early. */
function isLeftOver(markedUid: string | undefined, pod: ObjectState): boolean {
  return markedUid !== undefined && markedUid !== pod.uid && pod.age > backForLongSeconds;
}

/** Whether a pod that is moved comes back under its name. */
function keepsNames({ kind }: ObjectReference, { upgradeProcess }: ObjectState): boolean {
  return kind === "namespace" || upgradeProcess === "InPlaceUpgrade";
}

/** Names of the annotations that record that a pod was asked to move, and its uid. */
export interface Mark {
  key: string;
  uidKey: string;
}

/** The mark of a pod. */
export function markOf({ namespace, name }: Pick<ReviewRequest, "namespace" | "name">): Mark {
  const pod = shortened(`${namespace}.${name}`);
  return { key: `reschedule.hook/${pod}`, uidKey: `uid.reschedule.hook/${pod}` };
}

/** Kubernetes allows 63 characters. */
function shortened(name: string): string {
  if (name.length <= 63) return name;
  return `${name.slice(0, 52)}-${createHash("sha256").update(name).digest("hex").slice(0, 10)}`;
}

function entryOf(map: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

function answer(response: Verdict, effects: Effect[] = []): Decision {
  return { response, effects };
}

function gone(message: string): Denial {
  return { allowed: false, code: 404, reason: "NotFound", message };
}

function failed(message: string): Denial {
  return { allowed: false, code: 500, reason: "InternalError", message };
}

function later(message: string): Denial {
  return { allowed: false, code: 429, reason: "TooManyRequests", message };
}

const marked = later("Reschedule annotation added to pod");
const sameName = gone("Pod has been rescheduled with the same name");
