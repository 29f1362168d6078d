import { setTimeout as sleep } from "node:timers/promises";
import { CouchDbError } from "../../clients/couchdb/error";
import { converge, type Left, type Reconciliation } from "../../reconcile/converge";
import { Deadline, DeadlineExceeded } from "../../reconcile/deadline";
import { Waker } from "../../reconcile/waker";
import { act, type Tools } from "./act";
import { callEachOther } from "./call-each-other";
import { ConnectionTolerance } from "./connection-tolerance";
import { lookUntilConsistent } from "./consistent-look";
import { chooseCoordinator } from "./coordinator";
import { DeclaredNodes } from "./declared-nodes";
import { describe, stillMissing } from "./describe";
import { stateOf } from "./node-state";
import { type NodeState, type Observation, seenOf } from "./observation";
import { JoinFailed, type JoinOptions } from "./options";
import { plan } from "./plan";
import { PodReplacement } from "./pod-replacement";
import { leftToOthers, onlyAwaitsNodes, type Step } from "./step";
import { completeSystemDatabases } from "./system-databases";
import { isRecorded, withdrawUnreachable } from "./withdraw";

/**
 * Makes the nodes, and no others, one finished cluster. Those that are there join a finished cluster while others are
 * still waited for. Returns the last observation of all that are there. Throws {@link JoinFailed}.
 */
export function join(options: JoinOptions): Promise<Observation[]> {
  return new JoinRun(options).run();
}

/** How long the first look waits for nodes that have not answered: usually all do by then. */
const firstLookMilliseconds = 300;

/** The shortest pause while nodes are waited for: each that answers ends it. */
const awaitingMilliseconds = 300;

/** How long what is under way may go on once it has failed. */
const longestEnd = 2_000;

class JoinRun implements Reconciliation<NodeState[], Step> {
  private readonly deadline: Deadline;
  private readonly tolerance = new ConnectionTolerance();
  private readonly nodes: DeclaredNodes;
  private readonly waker = new Waker();
  private readonly added: string[] = [];
  /** Rejected by what ends the run from the background. */
  private readonly failed: Promise<never>;
  private fail!: (error: Error) => void;
  private readonly replacement = new PodReplacement();
  private acting: Promise<unknown> = Promise.resolve();
  private changed = false;
  private isPrepared = false;
  private isFirstLook = true;
  private isWaitingForNodes = false;
  private isComplete = false;
  private hasEnded = false;

  constructor(private readonly options: JoinOptions) {
    const { connection, absent = [], pods, signal } = options;
    this.deadline = new Deadline(options.timeoutSeconds);
    signal?.addEventListener("abort", () => this.deadline.cancel());
    const urls = connection.urls.filter((url) => !absent.includes(url));
    this.nodes = new DeclaredNodes(urls, connection, this.deadline, pods);
    this.failed = new Promise((_, reject) => {
      this.fail = reject;
    });
    this.failed.catch(() => {});
    pods?.failed.catch(this.fail);
  }

  async run(): Promise<Observation[]> {
    try {
      return await Promise.race([this.joined(), this.failed]);
    } catch (error) {
      // A rollout that was not complete in time says why.
      const cause = this.deadline.remaining === 0 ? ((await this.replacement.error()) ?? error) : error;
      this.hasEnded = true;
      this.deadline.cancel();
      await Promise.race([this.acting.catch(() => {}), sleep(longestEnd, undefined, { ref: false })]);
      const { lastSeen } = this.nodes;
      await withdrawUnreachable(this.added, lastSeen, this.options.connection, this.options.report);
      const recorded = lastSeen.map(({ name }) => name).filter((name) => isRecorded(name, lastSeen));
      throw new JoinFailed(cause as Error, this.changed, recorded, this.isPrepared);
    }
  }

  private async joined(): Promise<Observation[]> {
    const changing = () => {
      this.changed = true;
    };
    // Before anything else, so that no restart is missed.
    this.awaitReplacement();
    await this.options.prepare?.((ask) => this.nodes.each(ask), changing);
    this.isPrepared = true;
    const states = await converge(this, this.deadline, (line) => {
      if (!this.hasEnded && !this.isQuiet) this.options.report(line);
    });
    const seen = seenOf(states);
    if (!this.options.waitOnly && this.isComplete) await this.completeSystemDatabases(seen);
    return seen;
  }

  observe(): Promise<NodeState[]> {
    return lookUntilConsistent(() => this.look(), this.options, this.deadline);
  }

  private async look(): Promise<NodeState[]> {
    const { all } = this.nodes;
    this.seek();
    for (const end = performance.now() + firstLookMilliseconds; this.isFirstLook; ) {
      const left = Math.min(end - performance.now(), this.deadline.remaining);
      if (left <= 0 || this.nodes.there.length === all.length) this.isFirstLook = false;
      else await this.waker.pause(left);
    }
    const absent = (this.options.absent ?? []).map((url) => ({ url, awaited: `${url} is not there` }));
    const leaving = this.replacement.isUnderWay && { awaited: "its pod is about to be replaced" };
    const isPart = this.replacement.isUnderWay || absent.length > 0 || this.nodes.there.length < all.length;
    const states = await Promise.all(
      all.map(async (node) => {
        const state = await stateOf(node, this.nodes, this.options, isPart);
        return state.seen && leaving ? { ...state, ...leaving } : state;
      }),
    );
    // Some may have been lost.
    this.seek();
    this.isComplete = !isPart && states.every(({ awaited }) => awaited === undefined);
    return [...states, ...absent];
  }

  private seek(): void {
    const isTentative = () => this.replacement.isUnderWay;
    this.nodes.seek(isTentative, () => this.waker.wake(), this.fail);
  }

  plan(states: NodeState[]): Step[] {
    const { absent = [], waitOnly } = this.options;
    const steps = plan(states, this.options);
    this.isWaitingForNodes = onlyAwaitsNodes(steps);
    // Nothing but the absent is awaited. What was about to be replaced as it was looked at is looked at again.
    const isLeft = states.every(({ url, awaited }) => awaited === undefined || absent.includes(url));
    if (this.isWaitingForNodes && isLeft) return [];
    return waitOnly && steps.length > 0 ? [leftToOthers(steps, seenOf(states))] : steps;
  }

  describe(steps: readonly Step[], states: NodeState[]): string {
    return describe(steps, states, this.options);
  }

  isWaiting(steps: readonly Step[]): boolean {
    return steps[0]?.kind === "await";
  }

  /** While nodes are absent, whatever goes wrong shows again when all are there. */
  isTransient(error: unknown): boolean {
    return CouchDbError.isTransient(error) || (!this.isComplete && error instanceof CouchDbError);
  }

  pause(milliseconds: number): Promise<void> {
    const least = this.isWaitingForNodes ? awaitingMilliseconds : 0;
    return this.waker.pause(Math.min(Math.max(milliseconds, least), this.deadline.remaining));
  }

  expired({ steps, state = [], error }: Left<NodeState[], Step>): Error {
    const { seconds } = this.deadline;
    const { problem } = this.nodes;
    return problem ? new DeadlineExceeded(seconds, problem) : stillMissing(state, steps, this.options, error, seconds);
  }

  /** The watch of pods reports what keeps these; the rollout, how far it is. */
  private get isQuiet(): boolean {
    return this.isWaitingForNodes && (this.options.pods !== undefined || this.replacement.isUnderWay);
  }

  private awaitReplacement(): void {
    const replaced = () => {
      this.nodes.replaced();
      this.waker.wake();
    };
    const { rolledOut } = this.options;
    if (rolledOut) this.replacement.await(rolledOut(this.deadline), replaced, this.fail);
  }

  /** Gives the system databases their copies. */
  private async completeSystemDatabases(seen: readonly Observation[]): Promise<void> {
    const { systemDatabases, tolerated, report } = this.options;
    const members = seen.map((node) => node.name);
    // A tolerated member may be down, and what it holds can't be counted then.
    if (members.length === 1 || tolerated?.length) return;
    const coordinator = this.nodes.client(chooseCoordinator(seen).url);
    if (await completeSystemDatabases(coordinator, systemDatabases, members, this.deadline, report))
      this.changed = true;
  }

  async act(steps: readonly Step[], states: NodeState[]): Promise<void> {
    if (this.hasEnded) return;
    const seen = seenOf(states);
    if (this.isComplete) this.tolerance.check(seen, steps);
    const added = steps.flatMap((step) => (step.kind === "add" ? [step.url] : []));
    // While nodes are absent, pods of members may be on their way too: those are not waited for.
    if (added.length > 0) await this.nodes.findable(this.isComplete ? seen.map(({ url }) => url) : added);
    if (this.hasEnded) return;
    const { connection, systemDatabases, bindAddress } = this.options;
    const client = (url: string) => this.nodes.client(url);
    const tools: Tools = { ...connection, systemDatabases, bindAddress, client };
    const working = Promise.allSettled(
      steps.map((step) => {
        if (step.kind === "await") return callEachOther(step.gaps, seen, client);
        this.changed = true;
        if (step.kind === "add") this.added.push(step.name);
        return act(step, tools);
      }),
    );
    this.acting = working;
    this.options.acting?.(working);
    const errors = (await working).flatMap((ended) => (ended.status === "rejected" ? [ended.reason] : []));
    if (errors.length > 0) throw errors.find((error) => !this.isTransient(error)) ?? errors[0];
  }
}
