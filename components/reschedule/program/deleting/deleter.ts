import { setTimeout as sleep } from "node:timers/promises";
import { type ApiRequest, type ApiServer, metadataOnly } from "../../../runtime/api-server";
import { type Log, withoutRepeats } from "../../../runtime/log";
import type { KeyValue } from "../settings";
import { choose, isMarked, type OwnerReference, ownerOf, type Pod } from "./choose";
import { type Selector, selectorText } from "./selector";

interface Workload {
  spec: { replicas?: number; selector: Selector };
}

interface List {
  metadata: { resourceVersion: string };
  items?: Pod[];
}

/** Milliseconds between rounds at least, and after a failure. */
const pause = 250;
const retryPause = 2_000;

/** Seconds after which pods are looked at anew although nothing is heard of them. */
const patience = 30;

/** Milliseconds between looks while pods wait for their peers, which are not watched. */
const waitingPause = 1_000;

/** What the deleter goes by. */
export interface DeleterSettings {
  label: KeyValue;
  annotation: KeyValue;
}

/**
 * Deletes annotated pods once their peers are ready, one at a time of each workload: its controller makes them anew,
 * elsewhere. Looks, acts, then waits until something has changed.
 */
export class Deleter {
  private readonly stopping = new AbortController();
  private readonly once: Log;
  /** Uids of the owners with which something is wrong. */
  private readonly failing = new Set<string>();

  constructor(
    private readonly api: Pick<ApiServer, "ask" | "stream">,
    private readonly settings: DeleterSettings,
    /** Of one namespace; else of all. */
    private readonly namespace: string | undefined,
    private readonly mayAct: () => boolean,
    private readonly deleted: (namespace: string) => void,
    private readonly log: Log,
  ) {
    this.once = withoutRepeats(log);
  }

  async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        if (this.mayAct()) await this.round();
        else await this.rest(1_000);
      } catch (error) {
        this.log("warning", `looking after annotated pods: ${(error as Error).message}`);
        await this.rest(retryPause);
      }
    }
  }

  stop(): void {
    this.stopping.abort();
  }

  private async round(): Promise<void> {
    const { label, annotation } = this.settings;
    const marked = podsPath(this.namespace, { matchLabels: { [label.key]: label.value } });
    const list = await this.get<List>(marked, true);
    const owners = new Map<string, { owner: OwnerReference; namespace: string }>();
    for (const pod of (list.items ?? []).filter((pod) => isMarked(pod, annotation))) {
      const { namespace, name, uid } = pod.metadata;
      const owner = ownerOf(pod);
      if (owner) owners.set(owner.uid, { owner, namespace });
      else this.once("warning", "nobody would make this annotated pod anew: it stays", { namespace, pod: name, uid });
    }
    for (const { owner, namespace } of owners.values()) await this.tryToDeleteOneOf(owner, namespace);
    if (owners.size > 0) await this.rest(waitingPause);
    else {
      await this.change(marked, list.metadata.resourceVersion);
      await this.rest(pause);
    }
  }

  /** What is wrong with one owner holds up no other. It is told when it begins. */
  private async tryToDeleteOneOf(owner: OwnerReference, namespace: string): Promise<void> {
    try {
      await this.deleteOneOf(owner, namespace);
      this.failing.delete(owner.uid);
    } catch (error) {
      const isNew = !this.failing.has(owner.uid);
      this.failing.add(owner.uid);
      if (isNew)
        this.log("warning", `pods of one owner: ${(error as Error).message}`, { namespace, owner: owner.name });
    }
  }

  private async deleteOneOf(owner: OwnerReference, namespace: string): Promise<void> {
    const { label, annotation } = this.settings;
    const path = `/apis/apps/v1/namespaces/${namespace}/${owner.kind.toLowerCase()}s/${owner.name}`;
    const { spec } = await this.get<Workload>(path);
    const { items = [] } = await this.get<List>(podsPath(namespace, spec.selector));
    const pods = items.filter((pod) => ownerOf(pod)?.uid === owner.uid);
    const isToMove = (pod: Pod) => isMarked(pod, annotation) && pod.metadata.labels?.[label.key] === label.value;
    const chosen = choose(pods, spec.replicas ?? 1, isToMove);
    if (!chosen || !this.mayAct()) return;

    const { name, uid, resourceVersion } = chosen.metadata;
    const body = { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid, resourceVersion } };
    const { status } = await this.ask({ method: "DELETE", path: `/api/v1/namespaces/${namespace}/pods/${name}`, body });
    if (status === 404 || status === 409) return; // not the pod that was chosen any more
    if (status >= 400) throw new Error(`the API server answered ${status} to the deletion of ${namespace}/${name}`);
    this.deleted(namespace);
    this.log("info", "deleted an annotated pod, as its peers are ready", { namespace, pod: name, owner: owner.name });
  }

  /** Waits until the API server tells of a change, or for so long that it is better to look. */
  private async change(pods: string, since: string): Promise<void> {
    // Not by `AbortSignal.any` with a timeout in it: Node.js 20 loses that one to the garbage collector, and never wakes.
    const end = new AbortController();
    const stop = () => end.abort();
    const timer = setTimeout(stop, (patience + 5) * 1000);
    this.stopping.signal.addEventListener("abort", stop);
    if (this.stopping.signal.aborted) stop();
    try {
      const watch = `${pods}&watch=true&resourceVersion=${since}&timeoutSeconds=${patience}`;
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
    const { status, text } = await this.ask({ method: "GET", path, accept });
    if (status !== 200) throw new Error(`the API server answered ${status} to GET ${path}`);
    return JSON.parse(text) as T;
  }

  private ask(question: Omit<ApiRequest, "deadline">) {
    return this.api.ask({ ...question, deadline: performance.now() + 10_000 });
  }

  private async rest(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.stopping.signal }).catch(() => {});
  }
}

function podsPath(namespace: string | undefined, selector: Selector): string {
  const place = namespace === undefined ? "" : `/namespaces/${namespace}`;
  return `/api/v1${place}/pods?labelSelector=${encodeURIComponent(selectorText(selector))}`;
}
