import { CouchDbClient } from "../../clients/couchdb/client";
import type { CouchDbConnection } from "../../clients/couchdb/connection";
import { CouchDbError } from "../../clients/couchdb/error";
import { podAddress } from "../../clients/kubernetes/access";
import type { PodWatch } from "../../clients/kubernetes/pod-watch";
import { type Deadline, DeadlineExceeded } from "../../reconcile/deadline";
import { lookTimeout } from "./observe";

/** How long a first attempt at a pod may take. What hangs is asked again: a pod that starts may swallow a request. */
const firstAttempt = 1_000;

const shortestPause = 50;
const longestPause = 400;

/** How long after a pod's address is known its name is in DNS, as a rule. */
const untilInDns = 200;

/** Asks a node something, given how long that may take in milliseconds. */
export type Ask<Result> = (client: CouchDbClient, index: number, timeout?: number) => Promise<Result>;

/** The nodes of a declaration, and how they are waited for while they come up. */
export class DeclaredNodes {
  readonly clients: CouchDbClient[];

  /** @param pods where the nodes are pods: their watch */
  constructor(
    connection: CouchDbConnection,
    private readonly deadline: Deadline,
    private readonly pods: PodWatch | undefined,
  ) {
    this.clients = connection.urls.map((url) => this.clientFor(url, connection));
  }

  /** A client that is bound by the deadline. */
  clientFor(url: string, connection: CouchDbConnection): CouchDbClient {
    const client = new CouchDbClient(url, connection);
    client.deadline = this.deadline;
    return client;
  }

  /** Those that there is sense in asking something now. */
  get started(): CouchDbClient[] {
    return this.clients.filter(({ url }) => this.pods?.isStarted(podAddress(url)!.pod) ?? true);
  }

  /** Asks all nodes side by side, a late one until it answers. The first hopeless answer ends it for all. */
  each<Result>(ask: Ask<Result>): Promise<Result[]> {
    return Promise.all(
      this.clients.map((client, index) =>
        this.pods
          ? this.whenPodAnswers(this.pods, podAddress(client.url)!.pod, (timeout) => ask(client, index, timeout))
          : this.deadline.retry(() => ask(client, index), CouchDbError.isTransient),
      ),
    );
  }

  /**
   * Waits until the pods of these nodes can be found by their names, as far as that can be told: a name that is asked for before it is
   * in DNS is remembered as missing for seconds, in which nodes don't find each other.
   */
  async findable(urls: readonly string[]): Promise<void> {
    const { pods } = this;
    if (!pods) return;
    const names = urls.map((url) => podAddress(url)!.pod);
    const haveAddresses = () => pods.isBlind || names.every((name) => pods.pod(name)?.status?.podIP !== undefined);
    if (haveAddresses()) return;
    while (!haveAddresses() && this.deadline.remaining > 0)
      await pods.changeSince(pods.heard, Math.min(longestPause, this.deadline.remaining));
    await this.deadline.pause(untilInDns);
  }

  /** What `work` comes to, unless pods are found before not to come up. */
  unlessPodsFail<Result>(work: Promise<Result>): Promise<Result> {
    return this.pods ? Promise.race([work, this.pods.failed]) : work;
  }

  /** Asks a pod until it answers: not before it is being started, often then, and at once when something changes. */
  private async whenPodAnswers<Result>(
    pods: PodWatch,
    pod: string,
    attempt: (timeout: number) => Promise<Result>,
  ): Promise<Result> {
    let reason: unknown = new Error(`pod ${pod} has not been started`);
    let pause = shortestPause;
    for (let timeout = firstAttempt; ; ) {
      const { heard } = pods;
      if (pods.isStarted(pod)) {
        const begun = performance.now();
        try {
          return await attempt(timeout);
        } catch (error) {
          if (!CouchDbError.isTransient(error)) throw error;
          reason = error;
        }
        // One that is only slow, or far away, is given more time.
        if (performance.now() - begun >= timeout) timeout = Math.min(timeout * 1.5, lookTimeout);
        pause = Math.min(pause * 1.3, longestPause);
      }
      if (this.deadline.remaining === 0) {
        const troubles = pods.problems;
        throw new DeadlineExceeded(
          this.deadline.seconds,
          troubles.length > 0 ? new Error(troubles.join("\n")) : reason,
        );
      }
      await pods.changeSince(heard, Math.min(pause, this.deadline.remaining));
    }
  }
}
