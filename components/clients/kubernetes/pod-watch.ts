import { EventEmitter, setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubernetesAccess, PodAddress } from "./access";
import { type KubernetesApi, kubernetesApi } from "./api";
import { type CoreV1Event, clientLibrary, type V1Pod } from "./client-library";
import { missingPodProblem, type PodProblem, podProblemOf } from "./pod-problem";

/** Pods that can't come up, each with cause and remedy. */
export class PodsFailed extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "PodsFailed";
  }
}

const lookMilliseconds = 500;
const eventsMilliseconds = 2_000;
/** Problems that end within so many seconds are not reported. */
const reportAfterSeconds = 1;

interface Watched extends PodAddress {
  /** Its open watch. */
  request?: { abort(): void };
  status?: V1Pod;
  events: CoreV1Event[];
  problem?: PodProblem & { since: number };
  reported: Set<PodProblem["kind"]>;
}

/** Watches pods while an operation waits for them: their state, and what keeps them from running. */
export class PodWatch {
  /** Never fulfilled; rejected with {@link PodsFailed} when a problem has lasted longer than it is tolerated. */
  readonly failed: Promise<never>;
  private fail!: (error: Error) => void;
  private readonly pods: Watched[];
  private readonly changes = new EventEmitter().setMaxListeners(0);
  private readonly closing = new AbortController();
  private readonly timers: NodeJS.Timeout[] = [];
  private blind = false;
  private aboutToGo: readonly string[] = [];
  /** How often something has been heard: for {@link changeSince}. */
  heard = 0;

  constructor(
    access: KubernetesAccess,
    pods: readonly PodAddress[],
    private readonly report: (line: string) => void,
  ) {
    this.pods = pods.map((pod) => ({ ...pod, events: [], reported: new Set() }));
    this.failed = new Promise((_, reject) => {
      this.fail = reject;
    });
    this.failed.catch(() => {});
    setMaxListeners(0, this.closing.signal); // one for each pod
    void kubernetesApi(access).then((api) => this.start(api), this.fail);
  }

  /** Ends the watch; those that still wait are rejected. */
  close(): void {
    this.closing.abort();
    for (const { request } of this.pods) request?.abort();
    this.changes.emit("change");
    for (const timer of this.timers) clearInterval(timer);
  }

  /** The pod as it was last seen, if it was. */
  pod(name: string): V1Pod | undefined {
    return this.find(name)?.status;
  }

  /** Whether the pods can't be seen, as the kubeconfig's user may not watch them. */
  get isBlind(): boolean {
    return this.blind;
  }

  /** Whether connecting to the pod makes sense: its containers are being started, or that can't be seen. */
  isStarted(name: string): boolean {
    return this.blind || isStarted(this.find(name)?.status);
  }

  /** What keeps pods from running now, each with the pod's name. */
  get problems(): string[] {
    return this.pods.flatMap(({ pod, problem }) => (problem ? [`${pod} ${problem.text}`] : []));
  }

  /**
   * Records which pods are about to be replaced: their problems go with them. These are neither reported nor counted,
   * and count from the start for the pods that replace them.
   */
  overlook(aboutToGo: readonly string[]): void {
    this.aboutToGo = aboutToGo;
  }

  /** Waits until something has been heard of any pod since `heard`, at most so long. Throws once the watch is closed. */
  async changeSince(heard: number, milliseconds: number): Promise<void> {
    this.closing.signal.throwIfAborted();
    if (this.heard !== heard) return;
    // Not by `AbortSignal.any` with a timeout in it: Node.js 20 loses that one to the garbage collector, and never wakes.
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.changes.off("change", wake);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      this.changes.on("change", wake);
    });
    this.closing.signal.throwIfAborted();
  }

  private change(): void {
    this.heard++;
    this.changes.emit("change");
  }

  private find(name: string): Watched | undefined {
    return this.pods.find(({ pod }) => pod === name);
  }

  private start(api: KubernetesApi): void {
    if (this.closing.signal.aborted) return;
    for (const pod of this.pods) void this.follow(api, pod);
    const look = () => this.review();
    const fetchEvents = () => void Promise.all(this.pods.map((pod) => this.fetchEvents(api, pod)));
    this.timers.push(setInterval(look, lookMilliseconds), setInterval(fetchEvents, eventsMilliseconds));
  }

  /** Watches one pod, by name, so that a large namespace costs no more than a small one. */
  private async follow({ config, core }: KubernetesApi, watched: Watched): Promise<void> {
    const { Watch } = clientLibrary();
    const path = `/api/v1/namespaces/${watched.namespace}/pods`;
    // Version 0: what the API server has in memory, at once, instead of after up to 3 s of asking its store for the newest.
    const query = { fieldSelector: `metadata.name=${watched.pod}`, resourceVersion: "0" };
    const heard = (type: string, pod?: V1Pod) => {
      if (type === "ERROR") return;
      watched.status = type === "DELETED" ? undefined : pod;
      this.change();
    };
    while (!this.closing.signal.aborted) {
      const error = await new Promise<unknown>((ended) => {
        new Watch(config).watch(path, query, heard, ended).then((request) => {
          watched.request = request;
          if (this.closing.signal.aborted) request.abort();
        }, ended);
      });
      const { statusCode } = (error ?? {}) as { statusCode?: number };
      if (statusCode === 401 || statusCode === 403) return this.goBlind(watched);
      await sleep(lookMilliseconds, undefined, { signal: this.closing.signal }).catch(() => {});
      // A new watch tells nothing of a pod that was deleted while there was none.
      const { pod: name, namespace } = watched;
      const now = await core.readNamespacedPod({ name, namespace }).catch((error: { code?: unknown }) => error);
      if ("code" in now && now.code === 404) heard("DELETED");
    }
  }

  private goBlind({ namespace }: Watched): void {
    if (!this.blind)
      this.report(
        `the kubeconfig's user may not watch pods in ${namespace}, so problems of theirs can't be reported; ` +
          'grant the verbs "get", "list" and "watch" on "pods"',
      );
    this.blind = true;
    this.change();
  }

  /** Only those of pods that are not running, with those of their claims, or of what should create them. */
  private async fetchEvents({ core }: KubernetesApi, watched: Watched): Promise<void> {
    if (this.blind || watched.status?.status?.phase === "Running") return;
    const { namespace, pod, status } = watched;
    const claims = (status?.spec?.volumes ?? []).flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []);
    const names = status ? [pod, ...claims] : [pod.replace(/-\d+$/, "")];
    const lists = names.map((name) =>
      core.listNamespacedEvent({ namespace, fieldSelector: `involvedObject.name=${name}` }),
    );
    watched.events = await Promise.all(lists).then(
      (found) => found.flatMap(({ items }) => items),
      () => [], // The status alone tells most.
    );
  }

  /** Reports what is new, and fails when a problem has lasted longer than it is tolerated. */
  private review(): void {
    if (this.blind) return;
    const now = performance.now();
    for (const watched of this.pods) {
      const { status, events, problem, reported, pod } = watched;
      const found = status
        ? podProblemOf(status, events)
        : missingPodProblem(events.filter(({ message }) => message?.includes(pod)));
      const lasts = found?.kind === problem?.kind && !this.aboutToGo.includes(pod);
      const since = problem && lasts ? problem.since : now;
      watched.problem = found && { ...found, since };
      if (!found || reported.has(found.kind) || now - since < reportAfterSeconds * 1000) continue;
      reported.add(found.kind);
      this.report(`${pod} ${found.text}`);
    }
    const lasting = this.pods.some(
      ({ pod, problem }) =>
        problem && now - problem.since > problem.toleratedSeconds * 1000 && !this.aboutToGo.includes(pod),
    );
    if (lasting) this.fail(new PodsFailed(this.problems));
  }
}

/**
 * Whether a pod's containers are being started. Its node reports that they run up to a second late; that the init
 * containers have ended it reports before.
 */
function isStarted(pod: V1Pod | undefined): boolean {
  if (!pod?.spec?.nodeName || pod.metadata?.deletionTimestamp || pod.status?.phase === "Failed") return false;
  return pod.status?.conditions?.some(({ type, status }) => type === "Initialized" && status === "True") ?? false;
}
