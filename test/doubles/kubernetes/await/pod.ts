import { type JsonObject, numberAt, objectsAt, textAt } from "../objects";
import { condition, type Look, qualifiedName } from "./look";

/** Whether a pod is scheduled, initialized and ready, and what keeps it from that. */
export function lookAtPod(pod: JsonObject): Look {
  const name = qualifiedName(pod);
  const scheduled = condition(pod, "PodScheduled");
  if (scheduled?.status !== "True") {
    const message = textAt(scheduled, "reason") && textAt(scheduled, "message");
    return waiting(
      `Waiting for Pod ${JSON.stringify(name)} to be scheduled`,
      message ? [`[Pod ${name}]: ${message}`] : [],
    );
  }
  const initialized = condition(pod, "Initialized");
  if (initialized?.status !== "True")
    return waiting(`Waiting for Pod ${JSON.stringify(name)} to be initialized`, podReasons(pod, initialized));
  const ready = condition(pod, "Ready");
  if (ready?.status === "True" || textAt(pod, "status", "phase") === "Succeeded")
    return { ready: true, status: "", reasons: [] };
  return waiting(`Waiting for Pod ${JSON.stringify(name)} to be ready`, podReasons(pod, ready));
}

/** What keeps each of the pods from being ready. */
export function podsReasons(pods: readonly JsonObject[]): string[] {
  return pods.flatMap((pod) => lookAtPod(pod).reasons);
}

function waiting(status: string, reasons: string[]): Look {
  return { ready: false, status, reasons };
}

function podReasons(pod: JsonObject, unmet: JsonObject | undefined): string[] {
  if (!unmet) return [];
  const message = textAt(unmet, "reason") && textAt(unmet, "message");
  const containers = [
    ...objectsAt(pod, "status", "initContainerStatuses"),
    ...objectsAt(pod, "status", "containerStatuses"),
  ].flatMap(containerReasons);
  if (!message && containers.length === 0) return [];
  return [`[Pod ${qualifiedName(pod)}]: ${message}${containers.join("\n")}`];
}

function containerReasons(container: JsonObject): string[] {
  if (container.ready === true) return [];
  const reasons: string[] = [];
  const waitingFor = textAt(container, "state", "waiting", "reason");
  if (waitingFor && waitingFor !== "ContainerCreating" && waitingFor !== "PodInitializing")
    reasons.push(`[${waitingFor}] ${textAt(container, "state", "waiting", "message")}`);
  const ended = textAt(container, "state", "terminated", "reason");
  const name = JSON.stringify(textAt(container, "name"));
  if (ended && ended !== "Completed") {
    const message = textAt(container, "state", "terminated", "message");
    const code = numberAt(container, "state", "terminated", "exitCode");
    reasons.push(message ? `[${ended}] ${message}` : `container ${name} completed with exit code ${code}`);
  }
  const last = container.lastState;
  const lastReason = textAt(last, "terminated", "reason");
  if (lastReason) {
    const code = numberAt(last, "terminated", "exitCode");
    reasons.push(
      `container ${name} terminated at ${textAt(last, "terminated", "finishedAt")} (${lastReason}: exit code ${code})`,
    );
  }
  return reasons;
}
