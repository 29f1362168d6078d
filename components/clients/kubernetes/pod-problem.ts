import type { CoreV1Event, V1ContainerStatus, V1Pod } from "./client-library";

/** What keeps a pod from running. */
export interface PodProblem {
  kind: "image" | "config" | "crash" | "unschedulable" | "claim" | "volume" | "sandbox" | "missing" | "evicted";
  /** Cause and, where one is known, remedy: what follows the pod's name in a sentence. */
  text: string;
  /** Seconds for which it is tolerated; after them the operation fails. */
  toleratedSeconds: number;
}

/** It may end by itself; the operation's deadline decides. */
const untilTheDeadline = Number.POSITIVE_INFINITY;

/**
 * What holds up a pod, from its status and the events of it and of its claims; nothing if it runs, or is on its way.
 * Events are read only where the status does not tell.
 */
export function podProblemOf(pod: V1Pod, allEvents: readonly CoreV1Event[]): PodProblem | undefined {
  // A pod of the same name that was there before left its events behind.
  const events = allEvents.filter((event) => !isFrom(event, "Pod") || event.involvedObject.uid === pod.metadata?.uid);
  // One that is being deleted is about to be replaced.
  if (pod.metadata?.deletionTimestamp) return undefined;
  const { reason, message, phase } = pod.status ?? {};
  if (phase === "Failed" || reason === "NodeLost")
    return { kind: "evicted", text: `has ended: ${sentence(reason ?? "Failed", message)}`, toleratedSeconds: 30 };
  return notScheduled(pod, events) ?? containerProblem(pod) ?? notPrepared(pod, events);
}

/** Why a StatefulSet has not made a pod, from the events of the StatefulSet. */
export function missingPodProblem(events: readonly CoreV1Event[]): PodProblem {
  const failed = latest(events, "FailedCreate");
  const text = failed ? `can't be made: ${failed.message}` : "does not exist; check what should make it";
  // Where an earlier pod of this name stops slowly, the controller reports nothing, and tries again after up to 82 s.
  return { kind: "missing", text, toleratedSeconds: failed ? 15 : 90 };
}

function notScheduled(pod: V1Pod, events: readonly CoreV1Event[]): PodProblem | undefined {
  const condition = pod.status?.conditions?.find(({ type }) => type === "PodScheduled");
  if (condition?.status !== "False" || condition.reason === "SchedulingGated") return undefined;
  const message = condition.message ?? condition.reason ?? "no node takes it";
  if (/persistent ?volume/i.test(message)) {
    return waitsForClaim(message, events);
  }
  const growing = latest(events, "TriggeredScaleUp", "Nominated");
  const remedy = growing
    ? `a node is on its way: ${growing.message}`
    : "add nodes, free resources, or relax the spread";
  return {
    kind: "unschedulable",
    text: `can't be scheduled: ${message}; ${remedy}`,
    toleratedSeconds: growing ? untilTheDeadline : 30,
  };
}

/** Provisioning a volume may take minutes, with events of progress: only a warning tells that it failed. */
function waitsForClaim(message: string, events: readonly CoreV1Event[]): PodProblem {
  const ofClaims = events.filter((event) => isFrom(event, "PersistentVolumeClaim"));
  const hasFailed = ({ type, reason }: CoreV1Event) => type === "Warning" || reason === "FailedBinding";
  const failed = newest(ofClaims.filter(hasFailed));
  const check = "check the storage class and that it has volumes to give";
  if (failed) {
    const text = `waits for its claim ${failed.involvedObject.name}, which can't be bound: ${failed.message}; ${check}`;
    return { kind: "claim", text, toleratedSeconds: 30 };
  }
  // The scheduler's words for volumes that have to be created by hand.
  if (/didn't find available persistent volumes/.test(message))
    return { kind: "claim", text: `waits for its volume claims: ${message}; ${check}`, toleratedSeconds: 30 };
  const making = newest(ofClaims);
  const text = making
    ? `waits for the volume of its claim ${making.involvedObject.name}: ${making.message}`
    : `waits for its volume claims: ${message}; ${check}`;
  return { kind: "volume", text, toleratedSeconds: untilTheDeadline };
}

const imageReasons = ["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError"];
const configReasons = ["CreateContainerConfigError", "CreateContainerError", "RunContainerError"];

function containerProblem(pod: V1Pod): PodProblem | undefined {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  return statuses.map((status) => problemOfContainer(pod, status)).find((problem) => problem !== undefined);
}

function problemOfContainer(pod: V1Pod, status: V1ContainerStatus): PodProblem | undefined {
  const { name, image, state, lastState, restartCount } = status;
  const { reason, message } = state?.waiting ?? {};
  if (reason && imageReasons.includes(reason))
    return {
      kind: "image",
      text: `can't pull the image ${image}: ${sentence(reason, message)}; ${checkImage}`,
      toleratedSeconds: 10,
    };
  if (reason && configReasons.includes(reason))
    return {
      kind: "config",
      text: `can't start container ${name}: ${sentence(reason, message)}`,
      toleratedSeconds: 10,
    };
  const ended = state?.terminated ?? (reason === "CrashLoopBackOff" ? lastState?.terminated : undefined);
  if (!ended || (ended.exitCode === 0 && reason !== "CrashLoopBackOff")) return undefined;
  const { namespace, name: podName } = pod.metadata ?? {};
  const how = `exit code ${ended.exitCode}${ended.reason ? `, ${ended.reason}` : ""}`;
  const previous = state?.terminated ? "" : " --previous";
  const text =
    `crashes: container ${name} ended with ${how}, and has been restarted ${restartCount} times; ` +
    `see \`kubectl logs -n ${namespace} ${podName} -c ${name}${previous}\``;
  return {
    kind: "crash",
    text,
    toleratedSeconds: reason === "CrashLoopBackOff" && restartCount >= 2 ? 0 : untilTheDeadline,
  };
}

/** Reasons of events about a container that can't be created, ten seconds and more before the pod's status tells. */
const failures = ["Failed", "ErrImageNeverPull", "InspectFailed"];
/** Messages that only repeat such an event. */
const repetition = /^Error: (ErrImage\w*|ImagePullBackOff)$/;
const checkImage = "check its name, and the pull secrets for it";

/** Scheduled, but its node can't make a container, mount a volume, or set up a network. */
function notPrepared(pod: V1Pod, events: readonly CoreV1Event[]): PodProblem | undefined {
  if (pod.status?.phase !== "Pending") return undefined;
  const failed = latest(
    events.filter(({ message }) => !repetition.test(message ?? "")),
    ...failures,
  );
  const pulling = latest(events, "Pulling");
  if (failed && !(pulling && timeOf(pulling) > timeOf(failed))) {
    const message = failed.message?.replace(/^Error: /, "");
    return /image/i.test(message ?? "")
      ? { kind: "image", text: `can't pull an image: ${message}; ${checkImage}`, toleratedSeconds: 10 }
      : { kind: "config", text: `can't start a container: ${message}`, toleratedSeconds: 10 };
  }
  // Events of its preparation are outdated once a container has been started.
  if (pod.status.podIP || hasStarted(pod)) return undefined;
  const unprepared = latest(events, "FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox");
  return (
    unprepared && {
      kind: "sandbox",
      text: `can't be prepared by its node: ${unprepared.message}`,
      toleratedSeconds: 30,
    }
  );
}

function hasStarted({ status }: V1Pod): boolean {
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return containers.some(({ state, started }) => state?.running || state?.terminated || started);
}

function latest(events: readonly CoreV1Event[], ...reasons: string[]): CoreV1Event | undefined {
  return newest(events.filter(({ reason }) => reason !== undefined && reasons.includes(reason)));
}

function newest(events: readonly CoreV1Event[]): CoreV1Event | undefined {
  return [...events].sort((a, b) => timeOf(a) - timeOf(b)).at(-1);
}

function timeOf({ lastTimestamp, eventTime, metadata }: CoreV1Event): number {
  return new Date(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? 0).getTime();
}

function isFrom(event: CoreV1Event, kind: string): boolean {
  return event.involvedObject.kind === kind;
}

function sentence(reason: string, message: string | undefined): string {
  return message ? `${reason}: ${message}` : reason;
}
