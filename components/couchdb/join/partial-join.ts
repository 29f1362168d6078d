import { setTimeout as sleep } from "node:timers/promises";
import type { CouchDbClient } from "../../clients/couchdb/client";
import { CouchDbError } from "../../clients/couchdb/error";
import type { DeclaredNodes } from "./declared-nodes";
import type { Observation } from "./observation";
import { planMeanwhile, type Step } from "./plan";
import type { Desired } from "./rejections";

/** Between looks; as a rule all nodes answer before the first. */
const pauseMilliseconds = 300;

/** How long a node may take to say its name: one that does not answer shall not hold up those that do. */
const namingMilliseconds = 1_000;

/** What {@link Meanwhile} leaves to others. */
export interface MeanwhileTools {
  /** Asks a node for its name. */
  identify(client: CouchDbClient, timeout: number): Promise<string>;
  look(client: CouchDbClient, name: string, names: readonly string[]): Promise<Observation>;
  carryOut(steps: Step[], seen: Observation[]): Promise<void>;
}

/**
 * While some nodes are still waited for, has the others join the finished cluster among them. One that is left alone
 * calls itself up, gets its share of the clients' requests, knows none of the databases, and may be told to make them.
 */
export class Meanwhile {
  private readonly names = new Map<CouchDbClient, string>();
  private readonly refusing = new Set<CouchDbClient>();
  private readonly ending = new AbortController();
  private rounds: Promise<void> | undefined;
  private settled = 0;

  constructor(
    private readonly nodes: DeclaredNodes,
    private readonly desired: Desired,
    private readonly tools: MeanwhileTools,
  ) {}

  /** Notes the name that a node has told. */
  named(client: CouchDbClient, name: string): void {
    this.names.set(client, name);
  }

  /**
   * Goes on until the others have come.
   *
   * @param askThem whether nodes have to be asked for their names first, as nobody else does that yet
   */
  async until<Result>(waiting: Promise<Result>, askThem: () => boolean): Promise<Result> {
    this.rounds = this.goOn(askThem);
    try {
      return await waiting;
    } finally {
      await this.end();
    }
  }

  /** Ends it, when the round under way has ended. */
  async end(): Promise<void> {
    this.ending.abort();
    await this.rounds;
  }

  private async goOn(askThem: () => boolean): Promise<void> {
    const { signal } = this.ending;
    for (;;) {
      await sleep(pauseMilliseconds, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      // Whatever is the matter shows again when all nodes are there, and is told then.
      await this.round(askThem()).catch(() => {});
    }
  }

  private async round(askThem: boolean): Promise<void> {
    if (askThem) await this.askNames();
    const up = [...this.names].filter(([client]) => !this.refusing.has(client));
    if (up.length < 2 || up.length === this.settled) return;
    const names = up.map(([, name]) => name);
    const looks = await Promise.all(up.map(([client, name]) => this.look(client, name, names)));
    if (this.ending.signal.aborted) return;
    const seen = looks.filter((look) => look !== undefined);
    const steps = seen.length > 0 ? planMeanwhile(seen, this.desired) : [];
    this.settled = steps.length === 0 && seen.length === up.length ? up.length : 0;
    await this.tools.carryOut(steps, seen);
  }

  /** One that does not answer is left out, for this time; one that refuses the password for good, as refusals count. */
  private async look(client: CouchDbClient, name: string, names: readonly string[]): Promise<Observation | undefined> {
    try {
      return await this.tools.look(client, name, names);
    } catch (error) {
      if (CouchDbError.isRefusal(error)) this.refusing.add(client);
      return undefined;
    }
  }

  /** One by one until a node takes the password, then all: a wrong one shall cost a single try. */
  private async askNames(): Promise<void> {
    if (this.refusing.size > 0 && this.names.size === 0) return;
    const unnamed = () => this.nodes.started.filter((client) => !this.names.has(client) && !this.refusing.has(client));
    for (const client of unnamed()) {
      if (this.names.size > 0 || this.refusing.size > 0) break;
      await this.askName(client);
    }
    if (this.names.size > 0) await Promise.all(unnamed().map((client) => this.askName(client)));
  }

  private async askName(client: CouchDbClient): Promise<void> {
    try {
      this.named(client, await this.tools.identify(client, namingMilliseconds));
    } catch (error) {
      if (CouchDbError.isRefusal(error)) this.refusing.add(client);
    }
  }
}
