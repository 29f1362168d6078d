import { setTimeout as sleep } from "node:timers/promises";
import { type CouchDbClient, pathOf } from "../../clients/couchdb/client";
import { CouchDbError } from "../../clients/couchdb/error";
import { unlessRefusedTwice } from "../../clients/couchdb/refused-once";
import { Deadline } from "../../reconcile/deadline";
import { AdminHalfChanged, changeAdmin, NodeAdmin } from "../membership/admin-change";
import { act, type Tools } from "./act";
import { chooseCoordinator } from "./coordinator";
import { DeclaredNodes } from "./declared-nodes";
import { ConnectionPatience, describe, stillMissing } from "./describe";
import type { Observation } from "./observation";
import { identify, observe } from "./observe";
import { JoinFailed, type JoinOptions } from "./options";
import { Meanwhile } from "./partial-join";
import { type Gap, leftToOthers, plan, planMeanwhile, type Step } from "./plan";
import { completeSystemDatabases } from "./system-databases";
import { isRecorded, withdrawUnreachable } from "./withdraw";

/**
 * Makes the nodes, and no others, one finished cluster: observe → plan → act, over and over until the plan is
 * empty, which is at once the proof. Returns the last observation. Throws {@link JoinFailed}.
 */
export function join(goal: JoinOptions): Promise<Observation[]> {
  return new Joining(goal).run();
}

/** How long a node is waited for that calls another: not as long as it itself waits for one that does not answer. */
const callMilliseconds = 1_000;

/** How long what is under way may go on once it has failed. */
const longestEnd = 2_000;

class Joining {
  private readonly deadline: Deadline;
  private readonly patience = new ConnectionPatience();
  private readonly nodes: DeclaredNodes;
  private readonly meanwhile: Meanwhile;
  private readonly added: string[] = [];
  private readonly late = new Set<CouchDbClient>();
  private changed = false;
  private lastSeen: Observation[] = [];
  private saidMeanwhile = "";
  private lastTrouble: Error | undefined;

  constructor(private readonly goal: JoinOptions) {
    this.deadline = new Deadline(goal.timeoutSeconds);
    goal.signal?.addEventListener("abort", () => this.deadline.cancel());
    this.nodes = new DeclaredNodes(goal.connection, this.deadline, goal.pods);
    this.meanwhile = new Meanwhile(this.nodes, goal, {
      identify: (client, timeout) => this.identifyWhenUp(client, timeout),
      look: (client, name, names) => this.look(client, name, names),
      carryOut: (steps, seen) => this.joinMeanwhile(steps, seen),
    });
  }

  async run(): Promise<Observation[]> {
    try {
      return await this.nodes.unlessPodsFail(this.converge());
    } catch (error) {
      this.deadline.cancel();
      await Promise.race([this.meanwhile.end(), sleep(longestEnd, undefined, { ref: false })]);
      await withdrawUnreachable(this.added, this.lastSeen, this.goal.connection, this.goal.report);
      throw new JoinFailed(
        error as Error,
        this.changed || error instanceof AdminHalfChanged,
        this.lastSeen.map((node) => node.name).filter((name) => isRecorded(name, this.lastSeen)),
        error instanceof AdminHalfChanged,
      );
    }
  }

  private async converge(): Promise<Observation[]> {
    await this.changeAdmin();
    const names = await this.namesOfAll();
    let before = "";
    for (let pause = 50; ; ) {
      this.lastSeen = await this.nodes.each((client, index) => this.look(client, names[index]!, names));
      const planned = (this.goal.incomplete ? planMeanwhile : plan)(this.lastSeen, this.goal);
      if (planned.length === 0) {
        if (!this.goal.waitOnly && !this.goal.incomplete) await this.completeSystemDatabases();
        return this.lastSeen;
      }
      const steps = this.goal.waitOnly ? [leftToOthers(planned, this.lastSeen)] : planned;

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
      if (steps.some((step) => step.kind === "add")) await this.nodes.findable(this.goal.connection.urls);
      await this.carryOut(steps);
    }
  }

  /** The names of all nodes, once their pods have been replaced and they answer. */
  private namesOfAll(): Promise<string[]> {
    let replaced = false;
    const waiting = (async () => {
      await this.goal.rolledOut?.(this.deadline);
      replaced = true;
      return this.nodes.each(async (client, _, timeout) => {
        const name = await this.identifyWhenUp(client, timeout);
        this.meanwhile.named(client, name);
        return name;
      });
    })();
    return this.goal.waitOnly ? waiting : this.meanwhile.until(waiting, () => !replaced);
  }

  private async joinMeanwhile(steps: Step[], seen: Observation[]): Promise<void> {
    this.lastSeen = seen;
    if (steps.length === 0) return;
    const now = `${describe(steps, seen, this.nodes.clients.length)}, while others don't answer yet`;
    if (now !== this.saidMeanwhile) this.goal.report(now);
    this.saidMeanwhile = now;
    await this.nodes.findable(steps.flatMap((step) => (step.kind === "add" ? [step.url] : [])));
    await this.carryOut(steps);
  }

  private look(client: CouchDbClient, name: string, names: readonly string[]): Promise<Observation> {
    const { systemDatabases, tolerated = [] } = this.goal;
    return this.trusting(async () => {
      const seen = await observe(client, name, [...names, ...tolerated], systemDatabases);
      return { ...seen, members: seen.members.filter((member) => !tolerated.includes(member)) };
    });
  }

  /** Gives the system databases their copies. */
  private async completeSystemDatabases(): Promise<void> {
    const { systemDatabases, tolerated, report } = this.goal;
    const members = this.lastSeen.map((node) => node.name);
    // A tolerated member may be down, and what it holds can't be counted then.
    if (members.length === 1 || tolerated?.length) return;
    const coordinator = this.client(chooseCoordinator(this.lastSeen).url);
    if (await completeSystemDatabases(coordinator, systemDatabases, members, this.deadline, report))
      this.changed = true;
  }

  private async changeAdmin(): Promise<void> {
    const { adminChange: change, connection, report } = this.goal;
    if (!change) return;
    const nodes = connection.urls.map(
      (url) => new NodeAdmin(change, (admin) => this.nodes.clientFor(url, { ...connection, ...admin })),
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
          if (!CouchDbError.isTransient(error)) throw error;
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
      if (CouchDbError.isTransient(error)) this.late.add(client);
      throw error;
    }
  }

  /** For requests after a node has taken the password. */
  private trusting<Result>(ask: () => Promise<Result>): Promise<Result> {
    return unlessRefusedTwice(ask, (milliseconds) => this.deadline.pause(milliseconds));
  }

  private client(url: string): CouchDbClient {
    const client = this.nodes.clients.find((candidate) => candidate.url === url);
    if (!client) throw new Error(`no client for ${url}`);
    return client;
  }
}
