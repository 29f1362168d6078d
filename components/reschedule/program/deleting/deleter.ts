import { setTimeout as sleep } from "node:timers/promises";
import type {
  V1LabelSelector,
  V1OwnerReference,
  V1Pod,
  V1ReplicaSet,
  V1StatefulSet,
} from "../../../clients/kubernetes/client-library";
import { type ApiRequest, type ApiResponse, type ApiServer, metadataOnly } from "../../../runtime/api-server";
import type { Stored, StoredList } from "../../../runtime/json";
import { type Log, withoutRepeats } from "../../../runtime/log";
import type { KeyValue } from "../settings";
import { choose, isMarked, ownerOf, type Pod } from "./choose";
import { selectorText } from "./selector";

type Workload = Stored<V1StatefulSet | V1ReplicaSet>;

/** Milliseconds between two rounds. */
const pause = 250;

/** The same after a failure. */
const retryPause = 2_000;

/** The same while this process does not lead. */
const idlePause = 1_000;

/** Seconds after which pods are listed again although the watch has reported no change. */
const watchSeconds = 30;

/** Milliseconds between two rounds while pods wait for their peers, which are not watched. */
const waitingPause = 1_000;

/** Which pods to delete. */
export interface DeleterSettings {
  /** Label of the protected pods. */
  label: KeyValue;
  /** Annotation that asks for a pod to be moved. */
  annotation: KeyValue;
}

/**
 * Deletes annotated pods once their peers are ready, one at a time of each workload, whose controller replaces them
 * elsewhere. Lists the pods, acts, then waits until something has changed.
 */
export class Deleter {
  private readonly stopping = new AbortController();
  private readonly once: Log;
  /** Uids of the owners whose pods could not be deleted. */
  private readonly failing = new Set<string>();

  constructor(
    private readonly api: Pick<ApiServer, "request" | "stream">,
    private readonly settings: DeleterSettings,
    /** The only namespace; otherwise all. */
    private readonly namespace: string | undefined,
    private readonly mayAct: () => boolean,
    private readonly deleted: (namespace: string) => void,
    private readonly log: Log,
  ) {
    this.once = withoutRepeats(log);
  }

  /** Runs until stopped. */
  async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        if (this.mayAct()) await this.round();
        else await this.rest(idlePause);
      } catch (error) {
        this.log("warning", `deleting annotated pods: ${(error as Error).message}`);
        await this.rest(retryPause);
      }
    }
  }

  /** Ends `run` at once, and the watch. */
  stop(): void {
    this.stopping.abort();
  }

  private async round(): Promise<void> {
    const { label, annotation } = this.settings;
    const marked = podsPath(this.namespace, { matchLabels: { [label.key]: label.value } });
    const list = await this.get<StoredList<V1Pod>>(marked, true);
    const owners = new Map<string, { owner: V1OwnerReference; namespace: string }>();
    for (const pod of (list.items ?? []).filter((pod) => isMarked(pod, annotation))) {
      const { namespace, name, uid } = pod.metadata;
      const owner = ownerOf(pod);
      if (owner) owners.set(owner.uid, { owner, namespace });
      else
        this.once("warning", "this annotated pod stays, as no controller would replace it", {
          namespace,
          pod: name,
          uid,
        });
    }
    for (const { owner, namespace } of owners.values()) await this.tryToDeleteOneOf(owner, namespace);
    if (owners.size > 0) await this.rest(waitingPause);
    else {
      await this.nextChange(marked, list.metadata.resourceVersion);
      await this.rest(pause);
    }
  }

  /** A problem with one owner holds up no other. It is logged when it begins. */
  private async tryToDeleteOneOf(owner: V1OwnerReference, namespace: string): Promise<void> {
    try {
      await this.deleteOneOf(owner, namespace);
      this.failing.delete(owner.uid);
    } catch (error) {
      const isNew = !this.failing.has(owner.uid);
      this.failing.add(owner.uid);
      if (isNew)
        this.log("warning", `annotated pods of one owner: ${(error as Error).message}`, {
          namespace,
          owner: owner.name,
        });
    }
  }

  private async deleteOneOf(owner: V1OwnerReference, namespace: string): Promise<void> {
    const { label, annotation } = this.settings;
    const path = `/apis/apps/v1/namespaces/${namespace}/${owner.kind.toLowerCase()}s/${owner.name}`;
    const { spec } = await this.get<Workload>(path);
    const { items = [] } = await this.get<StoredList<V1Pod>>(podsPath(namespace, spec!.selector));
    const pods = items.filter((pod) => ownerOf(pod)?.uid === owner.uid);
    const isToMove = (pod: Pod) => isMarked(pod, annotation) && pod.metadata.labels?.[label.key] === label.value;
    const chosen = choose(pods, spec!.replicas ?? 1, isToMove);
    if (!chosen || !this.mayAct()) return;

    const { name, uid, resourceVersion } = chosen.metadata;
    const body = { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid, resourceVersion } };
    const { status } = await this.request({
      method: "DELETE",
      path: `/api/v1/namespaces/${namespace}/pods/${name}`,
      body,
    });
    if (status === 404 || status === 409) return; // no longer the pod that was chosen
    if (status >= 400) throw new Error(`the API server answered ${status} to the deletion of ${namespace}/${name}`);
    this.deleted(namespace);
    this.log("info", "deleted an annotated pod, as its peers are ready", { namespace, pod: name, owner: owner.name });
  }

  /** Waits until the API server reports a change, or until it is time to list the pods again. */
  private async nextChange(pods: string, since: string): Promise<void> {
    // Not by `AbortSignal.any` with a timeout in it: Node.js 20 loses that one to the garbage collector, and never wakes.
    const end = new AbortController();
    const stop = () => end.abort();
    const timer = setTimeout(stop, (watchSeconds + 5) * 1000);
    this.stopping.signal.addEventListener("abort", stop);
    if (this.stopping.signal.aborted) stop();
    try {
      const watch = `${pods}&watch=true&resourceVersion=${since}&timeoutSeconds=${watchSeconds}`;
      const changes = await this.api.stream(watch, metadataOnly, end.signal);
      try {
        for await (const _ of changes) return;
      } finally {
        changes.destroy();
      }
    } catch (error) {
      if (!end.signal.aborted) throw error;
    } finally {
      clearTimeout(timer);
      this.stopping.signal.removeEventListener("abort", stop);
    }
  }

  private async get<T>(path: string, metadata = false): Promise<T> {
    const accept = metadata ? metadataOnly.replace("PartialObjectMetadata", "PartialObjectMetadataList") : undefined;
    const { status, text } = await this.request({ method: "GET", path, accept });
    if (status !== 200) throw new Error(`the API server answered ${status} to GET ${path}`);
    return JSON.parse(text) as T;
  }

  private request(request: Omit<ApiRequest, "deadline">): Promise<ApiResponse> {
    return this.api.request({ ...request, deadline: performance.now() + 10_000 });
  }

  private async rest(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.stopping.signal }).catch(() => {});
  }
}

function podsPath(namespace: string | undefined, selector: V1LabelSelector): string {
  const place = namespace === undefined ? "" : `/namespaces/${namespace}`;
  return `/api/v1${place}/pods?labelSelector=${encodeURIComponent(selectorText(selector))}`;
}
