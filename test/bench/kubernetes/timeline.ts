/** What happened when, between the engine's start and its end. */
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { kubernetesApi } from "../../../components/clients/kubernetes/api";
import type { V1Pod } from "../../../components/clients/kubernetes/client-library";
import { isReady } from "../../cluster/ready";
import { seconds } from "../table";

/** One thing that happened, in milliseconds from the start. */
export interface Mark {
  what: string;
  at: number;
}

/** Takes down what the engine says, and what pods come to. */
export class Timeline {
  readonly marks: Mark[] = [];
  private begun = performance.now();

  /** Begins now, not when it was made. */
  begin(): void {
    this.begun = performance.now();
  }

  /** Marks the moment, the first time it is called with these words. */
  mark(what: string): void {
    if (!this.find(what)) this.marks.push({ what, at: performance.now() - this.begun });
  }

  /** When this happened. Throws if it did not. */
  at(what: string): number {
    const mark = this.find(what);
    if (!mark) throw new Error(`${what} did not happen; what did:\n${this}`);
    return mark.at;
  }

  private find(what: string) {
    return this.marks.find((mark) => mark.what === what);
  }

  /** To be given the engine's events. */
  hear({ resourcePreEvent, resOutputsEvent, diagnosticEvent }: EngineEvent): void {
    if (resourcePreEvent) this.mark("the program declares its first resource");
    const said = diagnosticEvent && /couchdb: .*/.exec(diagnosticEvent.message);
    if (said) this.mark(`  ${said[0]}`);
    const metadata = resOutputsEvent?.metadata;
    if (metadata) this.mark(`${kindOf(metadata.type)} ${metadata.urn.split("::").at(-1)}`);
  }

  /** All marks in order, a line each. */
  toString(): string {
    const sorted = [...this.marks].sort((a, b) => a.at - b.at);
    return sorted.map(({ at, what }) => `${seconds(at).padStart(9)}  ${what}`).join("\n");
  }
}

function kindOf(type: string): string {
  return type.split(":").at(-1)!;
}

/** The steps of a pod's start, and how they are seen. */
const steps: readonly [what: string, isDone: (pod: V1Pod) => boolean][] = [
  ["made", () => true],
  ["on a host", (pod) => pod.spec?.nodeName !== undefined],
  ["with volumes and network", (pod) => pod.status?.podIP !== undefined],
  ["running", (pod) => pod.status?.phase === "Running"],
  ["ready", isReady],
];

/** Marks when all `count` pods of the namespace with these labels have made a step of their start, until aborted. */
export async function watchPods(
  kubeconfig: string,
  namespace: string,
  labelSelector: string,
  count: number,
  timeline: Timeline,
  end: AbortSignal,
): Promise<void> {
  const { config } = await kubernetesApi({ kubeconfig });
  const { Watch } = await import("@kubernetes/client-node");
  const seen = new Map<string, V1Pod>();
  const heard = (_type: string, pod: V1Pod) => {
    seen.set(pod.metadata!.name!, pod);
    for (const [what, isDone] of steps)
      if ([...seen.values()].filter(isDone).length === count) timeline.mark(`all pods ${what}`);
  };
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const request = await new Watch(config).watch(path, { labelSelector, resourceVersion: "0" }, heard, () => {});
  end.addEventListener("abort", () => request.abort());
}
