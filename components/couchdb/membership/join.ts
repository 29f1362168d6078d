import type { Connection } from "../../clients/connection";
import { CouchDbClient, pathOf } from "../../clients/couchdb";
import { CouchDbError } from "../../clients/couchdb-error";
import { Deadline } from "../../clients/deadline";
import type { PodWatch } from "../../clients/kubernetes/pod-watch";
import { act, remove, type Tools } from "./act";
import { type AdminChange, AdminHalfChanged, changeAdmin, NodeAdmin } from "./admin-change";
import { chooseCoordinator } from "./coordinator";
import { DeclaredNodes } from "./declared-nodes";
import { ConnectionPatience, describe, stillMissing } from "./describe";
import type { Observation } from "./observation";
import { identify, observe } from "./observe";
import { type Gap, leftToOthers, plan, type Step } from "./plan";
import type { Desired } from "./refusals";
import { spread } from "./spread";

/** What {@link join} shall achieve. */
export interface Goal extends Desired {
  /** URLs of all nodes that shall be members, and how to speak to them. */
  connection: Connection;
  systemDatabases: readonly string[];
  bindAddress: string;
  /** How the administrator is to be changed first, if it is. */
  adminChange?: AdminChange;
  /** Where the nodes are pods: their watch. */
  pods?: PodWatch;
  /** What to wait for before the nodes are looked at. */
  rolledOut?: (deadline: Deadline) => Promise<void>;
  /** Whether somebody else joins the nodes, and is only waited for. */
  waitOnly?: boolean;
  timeoutSeconds: number;
  /** Told how far it is. */
  report: (line: string) => void;
  /** Members that are not declared and are left as they are: neither removed nor refused. Default: none. */
  tolerated?: readonly string[];
  /** Given each batch of steps under way, so that whoever ends the process can let it end first. */
  acting?: (steps: Promise<unknown>) => void;
  /** Gives it up before its time. */
  signal?: AbortSignal;
}

/** What went wrong in {@link join}, and whether any node had been changed by then. */
export class JoinFailed extends Error {
  constructor(
    override readonly cause: Error,
    readonly changed: boolean,
    /** Names of the declared nodes that are on record as members. */
    readonly recorded: readonly string[],
    /** Whether some nodes may still have the former administrator. */
    readonly adminHalfChanged: boolean,
  ) {
    super(cause.message);
    this.name = "JoinFailed";
  }
}

/**
 * Makes the nodes, and no others, one finished cluster: observe → plan → act, over and over until the plan is
 * empty, which is at once the proof. Returns the last observation. Throws {@link JoinFailed}.
 */
export function join(goal: Goal): Promise<Observation[]> {
  return new Joining(goal).run();
}

/** How long a node is waited for that calls another: not as long as it itself waits for one that does not answer. */
const callMilliseconds = 1_000;

class Joining {
  private readonly deadline: Deadline;
  private readonly patience = new ConnectionPatience();
  private readonly nodes: DeclaredNodes;
  private readonly added: string[] = [];
  private readonly late = new Set<CouchDbClient>();
  private changed = false;
  private lastSeen: Observation[] = [];
  private lastTrouble: Error | undefined;

  constructor(private readonly goal: Goal) {
    this.deadline = new Deadline(goal.timeoutSeconds);
    goal.signal?.addEventListener("abort", () => this.deadline.cancel());
    this.nodes = new DeclaredNodes(goal.connection, this.deadline, goal.pods);
  }

  async run(): Promise<Observation[]> {
    try {
      return await this.nodes.unlessPodsFail(this.converge());
    } catch (error) {
      this.deadline.cancel();
      await this.withdrawUnreachable();
      throw new JoinFailed(
        error as Error,
        this.changed || error instanceof AdminHalfChanged,
        this.lastSeen.map((node) => node.name).filter(this.isRecorded),
        error instanceof AdminHalfChanged,
      );
    }
  }

  private async converge(): Promise<Observation[]> {
    await this.changeAdmin();
    await this.goal.rolledOut?.(this.deadline);
    const names = await this.nodes.each((client, _, timeout) => this.identifyWhenUp(client, timeout));
    let before = "";
    for (let pause = 50; ; ) {
      this.lastSeen = await this.nodes.each((client, index) =>
        this.trusting(() => observe(client, names[index]!, names, this.goal.systemDatabases)),
      );
      const planned = plan(this.lastSeen, this.goal);
      if (planned.length === 0) {
        if (!this.goal.waitOnly) await this.spreadSystemDatabases();
        return this.lastSeen;
      }
      const steps = this.goal.waitOnly ? [leftToOthers(planned, names)] : planned;

      const now = describe(steps, this.lastSeen);
      const repeated = now === before;
      if (!repeated) this.goal.report(now);
      this.patience.check(this.lastSeen, steps);
      if (this.deadline.remaining === 0)
        throw stillMissing(this.lastSeen, steps, this.lastTrouble, this.goal.timeoutSeconds);

      // A plan that comes again has not worked yet, or is one to wait.
      if (repeated || steps[0]?.kind === "await") await this.deadline.pause(pause);
      pause = repeated ? Math.min(pause * 1.5, 1000) : 50;
      before = now;
      if (steps.some((step) => step.kind === "add")) await this.nodes.findable();
      await this.carryOut(steps);
    }
  }

  private async changeAdmin(): Promise<void> {
    const { adminChange: change, connection, report } = this.goal;
    if (!change) return;
    const nodes = connection.urls.map(
      (url) => new NodeAdmin(change, (admin) => new CouchDbClient(url, { ...connection, ...admin })),
    );
    const each = <T>(ask: (node: NodeAdmin, timeout?: number) => Promise<T>) =>
      this.nodes.each((_, index, timeout) => ask(nodes[index]!, timeout));
    if (await changeAdmin(change, each, report)) this.changed = true;
  }

  /** Carries the steps out side by side. What may pass is left to the next observation to judge. */
  private async carryOut(steps: Step[]): Promise<void> {
    const { connection, systemDatabases, bindAddress } = this.goal;
    const tools: Tools = { ...connection, systemDatabases, bindAddress, client: (url) => this.client(url) };
    const working = Promise.all(
      steps.map(async (step) => {
        if (step.kind === "await") return this.callEachOther(step.gaps);
        this.changed = true;
        if (step.kind === "add") this.added.push(step.name);
        try {
          await this.trusting(() => act(step, tools));
        } catch (error) {
          if (!CouchDbError.isPassing(error)) throw error;
          this.lastTrouble = error as Error;
        }
      }),
    );
    this.goal.acting?.(working);
    await working;
  }

  /**
   * Asks nodes for something of those they are not connected to: that has them try at once, instead of after the
   * interval at which they do so by themselves, 37 s by default.
   */
  private async callEachOther(gaps: readonly Gap[]): Promise<void> {
    const disconnected = gaps.filter((gap) => gap.problem === "disconnected");
    await Promise.all(
      disconnected.map(async ({ observer, name }) => {
        const url = this.lastSeen.find((node) => node.name === observer)?.url;
        const path = `_node/${pathOf(name)}/_config/chttpd/port`;
        // What comes of it the next observation shows.
        if (url)
          await this.client(url)
            .find({ path, timeout: callMilliseconds })
            .catch(() => {});
      }),
    );
  }

  /** A node that has just started may listen before it has hashed the administrator's password, and refuse it once. */
  private async identifyWhenUp(client: CouchDbClient, timeout?: number): Promise<string> {
    const ask = () => identify(client, timeout);
    try {
      return await (this.late.has(client) ? this.trusting(ask) : ask());
    } catch (error) {
      if (CouchDbError.isPassing(error)) this.late.add(client);
      throw error;
    }
  }

  /**
   * For requests after a node has taken the password: a refusal then means that somebody has just set the same
   * password again, which is refused for about half a second, until it is hashed. Asked once more, as refusals count.
   */
  private async trusting<Result>(ask: () => Promise<Result>): Promise<Result> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof CouchDbError && error.failure === "unauthorized")) throw error;
      await this.deadline.pause(1000);
      return ask();
    }
  }

  /** Databases that were made while the cluster was smaller get their missing copies. */
  private async spreadSystemDatabases(): Promise<void> {
    const members = this.lastSeen.map((node) => node.name);
    // A tolerated member may be down, and what it holds can't be counted then.
    if (members.length === 1 || this.goal.tolerated?.length) return;
    const client = this.client(chooseCoordinator(this.lastSeen).url);
    for (const database of this.goal.systemDatabases) {
      const attempt = () => spread(client, database, members, this.deadline);
      if (await this.deadline.retry(attempt, mayPassWhileSpreading)) {
        this.changed = true;
        this.goal.report(`${database} now has its copies on ${members.length === 2 ? "both" : "more"} nodes`);
      }
    }
  }

  /** Whether another node was last seen to have this one on record. */
  private readonly isRecorded = (name: string): boolean =>
    this.lastSeen.some((node) => node.name !== name && node.members.includes(name));

  private client(url: string): CouchDbClient {
    const client = this.nodes.clients.find((candidate) => candidate.url === url);
    if (!client) throw new Error(`no client for ${url}`);
    return client;
  }

  /**
   * A member that can't be connected to would get shards of new databases, and keep the cluster from ever being
   * finished. So the record that this run made of such a node is taken back.
   */
  private async withdrawUnreachable(): Promise<void> {
    // One that was not looked at since it was added is given the benefit of the doubt.
    const unreachable = this.added
      .filter(this.isRecorded)
      .filter((name) => this.lastSeen.every((node) => node.name === name || !node.connected.includes(name)));
    const coordinator = this.lastSeen.find((node) => node.members.length > 1 && !unreachable.includes(node.name));
    if (!coordinator) return;
    for (const name of unreachable) {
      const withdrawn = await remove(this.client(coordinator.url), name).then(
        () => true,
        () => false,
      );
      this.goal.report(
        withdrawn ? `${name} taken off the record again` : `could not take ${name} off the record again`,
      );
    }
  }
}

/** Besides what passes anywhere: another run has changed the shard map first (409), or a member restarts (412). */
function mayPassWhileSpreading(error: unknown): boolean {
  return CouchDbError.isPassing(error) || CouchDbError.hasStatus(error, 409, 412);
}
