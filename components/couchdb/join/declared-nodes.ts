import { CouchDbClient } from "../../clients/couchdb/client";
import type { CouchDbConnection } from "../../clients/couchdb/connection";
import { CouchDbError } from "../../clients/couchdb/error";
import { podAddress } from "../../clients/kubernetes/access";
import type { PodWatch } from "../../clients/kubernetes/pod-watch";
import { type Deadline, DeadlineExceeded } from "../../reconcile/deadline";
import type { Observation } from "./observation";
import { identify, lookTimeout } from "./observe";

/** How long a first attempt at a node may take. What hangs is asked again: a pod that starts may swallow a request. */
const firstAttempt = 1_000;

const shortestPause = 50;
const longestPause = 400;

/** How long it usually takes from a pod's address to its name in DNS. */
const untilInDns = 200;

/** A declared node, and what this run knows of it. */
export interface DeclaredNode {
  readonly url: string;
  readonly client: CouchDbClient;
  /** Its pod, where it is one. */
  readonly pod?: string;
  /** Its Erlang name, from its answer; forgotten when it no longer answers. */
  name?: string;
  /** How it looked last, even if it no longer answers. */
  seen?: Observation;
  /** Why it does not answer. */
  reason: Error;
  /** Whether it refused the password before its pod was replaced: it is not asked until then. */
  isRefusing?: boolean;
  /** Whether it is being asked for its name. */
  isSought?: boolean;
  /** Milliseconds before it is asked again. */
  pause: number;
}

/** Asks something of a node, given how long that may take in milliseconds. */
export type Ask<Result> = (node: DeclaredNode, timeout: number) => Promise<Result>;

/** Asks all nodes side by side, a late one until it answers. The first permanent error ends it for all. */
export type EachNode = <Result>(ask: Ask<Result>) => Promise<Result[]>;

/** The nodes of a declaration, and how they are waited for while they come up. */
export class DeclaredNodes {
  readonly all: readonly DeclaredNode[];
  /** Whether a node has accepted the password; until then they are asked one at a time. */
  private isAccepted = false;
  private turn: Promise<unknown> | undefined;

  /**
   * @param urls of the nodes
   * @param pods where the nodes are pods: their watch
   */
  constructor(
    urls: readonly string[],
    connection: CouchDbConnection,
    private readonly deadline: Deadline,
    private readonly pods: PodWatch | undefined,
  ) {
    this.all = urls.map((url) => {
      const client = new CouchDbClient(url, connection);
      client.deadline = deadline;
      const pod = pods && podAddress(url)?.pod;
      const reason = new Error(pod ? `pod ${pod} has not been started` : `${url} was not asked`);
      return { url: client.url, client, pod, reason, pause: 0 };
    });
  }

  /** The nodes that answer. */
  get there(): DeclaredNode[] {
    return this.all.filter(({ name }) => name !== undefined);
  }

  /** How the nodes looked last. */
  get lastSeen(): Observation[] {
    return this.all.flatMap(({ seen }) => seen ?? []);
  }

  /** Why nodes don't answer, if some don't. */
  get problem(): Error | undefined {
    const reasons = this.all.flatMap(({ name, reason }) => (name === undefined ? [reason.message] : []));
    return reasons.length > 0 ? (this.podProblem ?? new Error([...new Set(reasons)].join("\n"))) : undefined;
  }

  /** The client of a node. */
  client(url: string): CouchDbClient {
    const node = this.all.find((candidate) => candidate.url === url);
    if (!node) throw new Error(`${url} is not a declared node`);
    return node.client;
  }

  /** {@link EachNode} */
  each<Result>(ask: Ask<Result>): Promise<Result[]> {
    return Promise.all(
      this.all.map(async (node) => {
        const answer = await this.whenAnswers(node, (timeout) => ask(node, timeout));
        node.pause = 0;
        return answer;
      }),
    );
  }

  /**
   * Asks each node that is not there for its name, in the background, until it answers.
   *
   * @param isTentative whether an error is not final, as pods are still being replaced
   * @param arrived called for each that has answered
   * @param failed called with a permanent error
   */
  seek(isTentative: () => boolean, arrived: () => void, failed: (error: Error) => void): void {
    for (const node of this.all) {
      if (node.name !== undefined || node.isSought || (node.isRefusing && isTentative())) continue;
      node.isSought = true;
      void this.whenAnswers(node, (timeout) => this.inTurn(() => identify(node.client, timeout)))
        .then(
          (name) => {
            node.name = name;
            arrived();
          },
          (error: Error) => {
            if (error instanceof DeadlineExceeded) return;
            node.reason = error;
            if (isTentative()) node.isRefusing = CouchDbError.isRefusal(error);
            else failed(error);
          },
        )
        .finally(() => {
          node.isSought = false;
        });
    }
  }

  /** Records that a node does not answer as it did. */
  lose(node: DeclaredNode, reason: Error): void {
    node.name = undefined;
    node.reason = reason;
    node.pause = longer(node.pause);
  }

  /** Records that the nodes' processes were replaced: they may take a password that was refused before. */
  replaced(): void {
    for (const node of this.all) {
      if (node.isRefusing) node.client.login.forget();
      node.isRefusing = false;
      node.name = undefined;
    }
  }

  /**
   * Waits until the pods of these nodes can be found by their names, as far as that can be known: a name that is asked
   * for before it is in DNS is remembered as missing for seconds, in which nodes don't find each other.
   */
  async findable(urls: readonly string[]): Promise<void> {
    const { pods } = this;
    if (!pods) return;
    const names = this.all.filter(({ url }) => urls.includes(url)).flatMap(({ pod }) => pod ?? []);
    const haveAddresses = () => pods.isBlind || names.every((name) => pods.pod(name)?.status?.podIP !== undefined);
    if (haveAddresses()) return;
    while (!haveAddresses() && this.deadline.remaining > 0)
      await pods.changeSince(pods.heard, Math.min(longestPause, this.deadline.remaining));
    await this.deadline.pause(untilInDns);
  }

  /**
   * A wrong password must cost one try: nodes are asked one at a time until one has accepted it. A refusal is the answer
   * for all that have waited.
   */
  private async inTurn<Result>(ask: () => Promise<Result>): Promise<Result> {
    while (!this.isAccepted && this.turn)
      await this.turn.catch((error: unknown) => {
        if (CouchDbError.isRefusal(error)) throw error;
      });
    const asking = ask();
    if (this.isAccepted) return asking;
    this.turn = asking;
    try {
      const answer = await asking;
      this.isAccepted = true;
      return answer;
    } finally {
      this.turn = undefined;
    }
  }

  /** Asks a node until it answers: not before its pod is being started, often then, and at once when something changes. */
  private async whenAnswers<Result>(
    node: DeclaredNode,
    attempt: (timeout: number) => Promise<Result>,
  ): Promise<Result> {
    if (node.pause > 0) await this.rest(node.pause, this.pods?.heard);
    for (let timeout = firstAttempt; ; ) {
      const heard = this.pods?.heard;
      const isStarted = node.pod === undefined || this.pods!.isStarted(node.pod);
      if (isStarted) {
        const begun = performance.now();
        try {
          return await attempt(timeout);
        } catch (error) {
          if (!CouchDbError.isTransient(error)) throw error;
          node.reason = error as Error;
          node.pause = longer(node.pause);
        }
        // One that is only slow, or far away, is given more time.
        if (performance.now() - begun >= timeout) timeout = Math.min(timeout * 1.5, lookTimeout);
      }
      if (this.deadline.remaining === 0) throw this.expired(node);
      await this.rest(isStarted ? node.pause : longestPause, heard);
    }
  }

  private async rest(milliseconds: number, heard: number | undefined): Promise<void> {
    if (this.pods && heard !== undefined)
      await this.pods.changeSince(heard, Math.min(milliseconds, this.deadline.remaining));
    else await this.deadline.pause(milliseconds);
  }

  private expired({ reason }: DeclaredNode): Error {
    return new DeadlineExceeded(this.deadline.seconds, this.podProblem ?? reason);
  }

  private get podProblem(): Error | undefined {
    const problems = this.pods?.problems ?? [];
    return problems.length > 0 ? new Error(problems.join("\n")) : undefined;
  }
}

function longer(pause: number): number {
  return Math.min(Math.max(pause * 1.3, shortestPause), longestPause);
}
