import { converge, type Pauses, type Reconciliation } from "../../../reconcile/converge";
import { Deadline } from "../../../reconcile/deadline";
import { Waker } from "../../../reconcile/waker";
import type { Environment } from "../../../runtime/environment";
import { type Log, type LogLevel, withoutRepeats } from "../../../runtime/log";
import { act } from "../../join/act";
import { seenOf } from "../../join/observation";
import { BackgroundJoin } from "./background-join";
import { type Configuration, configurationOf } from "./configuration";
import { type Decision, decide, isLeader, type Round } from "./decide";
import { hiddenPods, hidesPods, podsIn } from "./endpoints";
import { hostOf, type Identity } from "./identity";
import type { KubernetesApi } from "./kubernetes";
import { NodeObserver, type Observed, type Target } from "./node-observer";
import type { Status } from "./status";
import { UnknownMemberWatch } from "./unknown-members";

/** Databases without which a cluster does not count as finished. */
const systemDatabases = ["_users", "_replicator"];

const bindAddress = "0.0.0.0";

/** Milliseconds between rounds while nothing is left to do. */
const idlePause = 10_000;

/** The same while it is not. It reaches the longest when nothing has changed for two minutes: then it may be hours. */
const pauses: Pauses = { shortest: 500, longest: 5_000, growth: 1.04 };

/** What a round has found, and what follows. */
interface Look {
  configuration: Configuration;
  round: Round;
  decision: Decision;
}

type Task = Decision["task"] | "prove";

/**
 * Has the nodes of a StatefulSet made one cluster, and kept one, for as long as it runs: looks, decides, and, in the
 * pod of the lowest ordinal, joins by the same plan as `pulumi up` does.
 */
export class Sidecar implements Reconciliation<Look, Task> {
  /** The status, for `/ready`. */
  status: Status = { ready: false, state: "starting" };

  private readonly once: Log;
  private readonly unknownMembers: UnknownMemberWatch;
  private readonly background: BackgroundJoin;
  private readonly waker = new Waker();
  private readonly deadline = new Deadline(Number.POSITIVE_INFINITY);
  private observer = new NodeObserver({ adminUser: "", adminPassword: "" }, systemDatabases);
  /** The nodes that a join has proved to be one cluster since this program started. */
  private proved = "";
  /** Whether this pod's node was a member of a finished cluster in the last round. */
  private member = false;
  private opening: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly identity: Identity,
    private readonly api: KubernetesApi,
    private readonly environment: Environment,
    private readonly log: Log,
    private readonly idle = idlePause,
  ) {
    this.once = withoutRepeats(log);
    this.unknownMembers = new UnknownMemberWatch(identity, this.once);
    this.background = new BackgroundJoin(log, this.once, () => this.waker.wake());
  }

  /** Goes on until stopped. */
  async run(): Promise<void> {
    while (!this.stopped) {
      await converge(this, this.deadline, () => {}, pauses).catch((error: unknown) => {
        if (!this.stopped) throw error;
      });
      if (!this.stopped) await this.waker.pause(this.idle);
    }
  }

  /** Ends it; a step that is under way may end first. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.waker.wake();
    await Promise.all([this.background.stop(), this.opening.catch(() => {})]);
  }

  async observe(): Promise<Look> {
    if (this.stopped) throw new Error("stopped");
    try {
      const look = await this.look();
      this.member = look.decision.member;
      const { ready, state, isRejected } = look.decision;
      const own = look.round.observed[0]?.seen;
      this.tell({ ready, state, ...(own && { node: own.name, members: own.members }) }, isRejected ? "error" : "info");
      return look;
    } catch (error) {
      this.tell({ ready: this.status.ready, state: (error as Error).message }, "warning");
      throw error;
    }
  }

  plan({ round, decision: { task } }: Look): Task[] {
    // What is to be done may be done when the join that runs has ended: the nodes are looked at again then.
    if (this.background.isRunning) return ["wait"];
    const wanted = task === "idle" && isLeader(round) && this.proved !== namesOf(round) ? "prove" : task;
    if (wanted === "idle") return [];
    return [this.background.isBusy ? "wait" : wanted];
  }

  describe(_: readonly Task[], { decision }: Look): string {
    return `${decision.state}${decision.ready}`;
  }

  isWaiting([task]: readonly Task[]): boolean {
    return task === "wait";
  }

  isTransient(): boolean {
    return !this.stopped;
  }

  pause(milliseconds: number): Promise<void> {
    return this.waker.pause(milliseconds);
  }

  expired(): Error {
    return new Error("stopped");
  }

  /** Has the nodes that are there joined, all or not, while rounds go on. */
  async act([task]: readonly Task[], { configuration, round }: Look): Promise<void> {
    if (task === "wait") return;
    const { adminUser, adminPassword, ordinals } = configuration;
    const { observed, removable: formerMembers, tolerated } = round;
    const urls = ordinals.map((ordinal) => this.urlOf(ordinal, configuration));
    const there = observed.flatMap(({ url, seen }) => (seen ? [url] : []));
    this.background.start(
      {
        connection: { urls, adminUser, adminPassword },
        formerMembers,
        tolerated,
        absent: urls.filter((url) => !there.includes(url)),
        systemDatabases,
        bindAddress,
      },
      () => {
        this.proved = namesOf(round);
      },
    );
  }

  private async look(): Promise<Look> {
    const { service, statefulSet } = this.identity;
    const [declared, endpoints] = await Promise.all([
      this.api.statefulSet(statefulSet),
      // Only tells which pods there are: what can be done without.
      this.api.endpointSlices(service).catch((error: Error) => this.once("warning", error.message)),
    ]);
    if (endpoints && hidesPods(endpoints)) this.once("warning", hiddenPods(service));
    const configuration = await configurationOf(declared, this.environment, this.api, this.once);
    this.useCredentials(configuration);
    const urls = configuration.ordinals.map((ordinal) => this.urlOf(ordinal, configuration));
    this.background.endUnlessFor({ urls, ...this.observer.credentials });
    const round = await this.lookAtNodes(configuration, endpoints ? podsIn(endpoints, this.identity) : undefined);
    return { configuration, round, decision: decide(round, this.member) };
  }

  private useCredentials({ adminUser, adminPassword }: Configuration): void {
    const now = this.observer.credentials;
    if (adminUser === now.adminUser && adminPassword === now.adminPassword) return;
    if (now.adminUser !== "") this.log("info", "the credentials have changed");
    this.observer = new NodeObserver({ adminUser, adminPassword }, systemDatabases);
  }

  private urlOf(ordinal: number, { port }: Configuration): string {
    return `http://${hostOf(this.identity, ordinal)}:${port}`;
  }

  private async lookAtNodes(configuration: Configuration, pods: Map<number, string> | undefined): Promise<Round> {
    const { ordinal } = this.identity;
    const { ordinals, oneByOne, port } = configuration;
    const present = pods && [...pods.keys()];
    const target = (other: number): Target => ({
      ordinal: other,
      url: this.urlOf(other, configuration),
      pod: pods?.get(other),
    });
    const base = { ordinal, ordinals, oneByOne, present, tolerated: [], removable: [] };
    const leads = isLeader(base);

    const [own] = await this.observer.observe([target(ordinal)]);
    await this.openOwnNode(own!, port);
    // A name that is asked for before it exists is usually remembered as missing by the DNS server for a while.
    const others = ordinals.filter((other) => other !== ordinal && (present?.includes(other) ?? true));
    const needed = own?.seen && (leads || (!this.member && own.seen.setup === "cluster_finished"));
    const observed = [own!, ...(needed ? await this.observer.observe(others.map(target)) : [])];

    const seen = seenOf(observed);
    if (!leads || seen.length < ordinals.length) return { ...base, observed };
    return { ...base, observed, ...(await this.unknownMembers.of(seen, this.observer.client(target(ordinal)))) };
  }

  /** A node that listens on localhost only can be opened only by the program beside it. */
  private async openOwnNode(own: Observed, port: number): Promise<void> {
    if (own.seen || own.isRefusing) return;
    const target = { ordinal: own.ordinal, url: `http://127.0.0.1:${port}` };
    const [local] = await this.observer.observe([target]);
    if (local?.seen?.setup !== "cluster_disabled") return;
    this.log("info", "opening this pod's node, which listens on localhost only");
    const client = () => this.observer.client(target);
    const tools = { client, ...this.observer.credentials, systemDatabases, bindAddress };
    this.opening = act({ kind: "enable", url: target.url, name: local.seen.name }, tools);
    await this.opening;
  }

  private tell(status: Status, level: LogLevel): void {
    const changed = status.state !== this.status.state || status.ready !== this.status.ready;
    this.status = status;
    if (changed) this.log(level, status.state, { ready: status.ready });
  }
}

function namesOf({ observed }: Round): string {
  return observed.map(({ seen }) => seen?.name).join();
}
