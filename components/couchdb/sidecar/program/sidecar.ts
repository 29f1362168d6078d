import { setTimeout as sleep } from "node:timers/promises";
import type { Environment } from "../../../runtime/environment";
import { type Log, withoutRepeats } from "../../../runtime/log";
import { act } from "../../join/act";
import { join } from "../../join/join";
import { JoinFailed } from "../../join/options";
import { PlanRejected } from "../../join/rejections";
import { type Configuration, configurationOf } from "./configuration";
import { decide, isLeader, type Round } from "./decide";
import { hiddenPods, hidesPods, podsIn } from "./endpoints";
import { hostOf, type Identity } from "./identity";
import type { KubernetesApi } from "./kubernetes";
import { NodeObserver, type Observed, type Target } from "./node-observer";
import type { Status } from "./status";
import { UnknownMemberWatch } from "./unknown-members";

/** Databases without which a cluster does not count as finished. */
const systemDatabases = ["_users", "_replicator"];

const bindAddress = "0.0.0.0";

/** Milliseconds between rounds while all is as it shall be. */
const idlePause = 10_000;

/** The same while it is not, and once nothing has happened for so long that it may be hours. */
const busyPause = 500;
const stuckPause = 5_000;
const stuckAfter = 120_000;

/**
 * For one join. Longer than CouchDB's own rounds of connecting again (46 s at most), as a member that can't be
 * connected to in this time is taken off the record again.
 */
const joinSeconds = 90;

/** After a join that failed, before the next. */
const retryPause = 10_000;

/**
 * Has the nodes of a StatefulSet made one cluster, and kept one, for as long as it runs: looks, decides, and, in the
 * pod of the lowest ordinal, joins by the same plan as `pulumi up` does.
 */
export class Sidecar {
  /** How things stand, for `/ready`. */
  status: Status = { ready: false, state: "starting" };

  private readonly once: Log;
  private readonly strangers: UnknownMemberWatch;
  private observer = new NodeObserver({ adminUser: "", adminPassword: "" }, systemDatabases);
  /** The nodes that a join has proved to be one cluster since this program started. */
  private proved = "";
  private joining: { urls: string; abort: AbortController } | undefined;
  private retryAt = 0;
  /** Whether this pod's node was a member of a finished cluster in the last round. */
  private member = false;
  private acting: Promise<unknown> = Promise.resolve();
  private changedAt = performance.now();
  private wake = () => {};
  private stopped = false;

  constructor(
    private readonly identity: Identity,
    private readonly api: KubernetesApi,
    private readonly environment: Environment,
    private readonly log: Log,
    private readonly idle = idlePause,
  ) {
    this.once = withoutRepeats(log);
    this.strangers = new UnknownMemberWatch(identity, this.once);
  }

  /** Goes on until stopped. */
  async run(): Promise<void> {
    while (!this.stopped) {
      const idle = await this.round().catch((error: Error) => {
        this.tell({ ready: this.status.ready, state: error.message }, "warning");
        return false;
      });
      const stuck = performance.now() - this.changedAt > stuckAfter;
      if (!this.stopped) await this.rest(idle ? this.idle : stuck ? stuckPause : busyPause);
    }
  }

  /** Ends it; a step that is under way may end first. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    this.joining?.abort.abort();
    await this.acting.catch(() => {});
  }

  private async rest(milliseconds: number): Promise<void> {
    const timer = new AbortController();
    const woken = new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    await Promise.race([woken, sleep(milliseconds, undefined, { signal: timer.signal }).catch(() => {})]);
    timer.abort();
  }

  /** One round. Answers whether there is nothing to do. */
  private async round(): Promise<boolean> {
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
    if (this.joining && this.joining.urls !== urls.join()) this.joining.abort.abort();
    const round = await this.look(configuration, endpoints ? podsIn(endpoints, this.identity) : undefined);
    const decision = decide(round, this.member);
    this.member = decision.member;
    const own = round.observed[0]?.view;
    this.tell({ ...decision, ...(own && { node: own.name, members: own.members }) });

    const names = round.observed.map(({ view }) => view?.name).join();
    const unproved = isLeader(round) && decision.task === "idle" && this.proved !== names;
    const incomplete = decision.task === "joinThoseThere";
    if (incomplete || decision.task === "join" || unproved)
      this.join(configuration, round, { names, incomplete, key: urls.join() });
    return decision.task === "idle" && !this.joining;
  }

  private useCredentials({ adminUser: user, adminPassword: password }: Configuration): void {
    const now = this.observer.credentials;
    if (user === now.adminUser && password === now.adminPassword) return;
    if (now.adminUser !== "") this.log("info", "the credentials have changed");
    this.observer = new NodeObserver({ adminUser: user, adminPassword: password }, systemDatabases);
  }

  private urlOf(ordinal: number, { port }: Configuration): string {
    return `http://${hostOf(this.identity, ordinal)}:${port}`;
  }

  private async look(configuration: Configuration, pods: Map<number, string> | undefined): Promise<Round> {
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
    // A name that is asked for before it is there is as a rule remembered as missing by the DNS server for a while.
    const others = ordinals.filter((other) => other !== ordinal && (present?.includes(other) ?? true));
    const needed = own?.view && (leads || (!this.member && own.view.setup === "cluster_finished"));
    const observed = [own!, ...(needed ? await this.observer.observe(others.map(target)) : [])];

    const views = observed.flatMap(({ view }) => (view ? [view] : []));
    if (!leads || views.length < ordinals.length) return { ...base, observed };
    return { ...base, observed, ...(await this.strangers.of(views, this.observer.client(target(ordinal)))) };
  }

  /** A node that listens on localhost only can be opened by nobody but the program beside it. */
  private async openOwnNode(own: Observed, port: number): Promise<void> {
    if (own.view || own.refused) return;
    const target = { ordinal: own.ordinal, url: `http://127.0.0.1:${port}` };
    const [local] = await this.observer.observe([target]);
    if (local?.view?.setup !== "cluster_disabled") return;
    this.log("info", "opening this pod's node, which listens on localhost only");
    const client = () => this.observer.client(target);
    const tools = { client, ...this.observer.credentials, systemDatabases, bindAddress };
    this.acting = act({ kind: "enable", url: target.url, name: local.view.name }, tools);
    await this.acting;
  }

  /** Has the nodes that are there joined, all or not, while rounds go on. One at a time. */
  private join(
    { adminUser: user, adminPassword: password }: Configuration,
    { observed, tolerated, removable }: Round,
    { names, incomplete, key }: { names: string; incomplete: boolean; key: string },
  ): void {
    if (this.joining || this.stopped || performance.now() < this.retryAt) return;
    const there = observed.filter(({ view }) => view !== undefined);
    const urls = there.toSorted((a, b) => a.ordinal - b.ordinal).map(({ url }) => url);
    const abort = new AbortController();
    this.joining = { urls: key, abort };
    join({
      connection: { urls, adminUser: user, adminPassword: password },
      names: {},
      formerMembers: removable,
      tolerated,
      incomplete,
      systemDatabases,
      bindAddress,
      timeoutSeconds: joinSeconds,
      report: (line) => this.log("info", line),
      acting: (steps) => {
        this.acting = steps;
      },
      signal: abort.signal,
    })
      .then(
        (nodes) => {
          if (incomplete) return this.log("info", "those that are there are members; the others are waited for");
          this.proved = names;
          this.log("info", `all ${nodes.length} nodes are one finished cluster, on every node's own word`);
        },
        (error: Error) => {
          if (abort.signal.aborted) return;
          this.retryAt = performance.now() + retryPause;
          const hopeless = error instanceof JoinFailed && error.cause instanceof PlanRejected;
          this.once(hopeless ? "error" : "warning", error.message);
        },
      )
      .finally(() => {
        this.joining = undefined;
        this.wake();
      });
  }

  private tell(status: Status & { task?: string; member?: boolean }, level: "info" | "warning" = "info"): void {
    const { task: _, member: __, ...shown } = status;
    const changed = shown.state !== this.status.state || shown.ready !== this.status.ready;
    this.status = shown;
    if (!changed) return;
    this.changedAt = performance.now();
    this.log(level, shown.state, { ready: shown.ready });
  }
}
