/** Who belongs to the cluster: the documents of `_nodes`, the connections they call for, and passing them on. */
import type { Distribution } from "./distribution";
import type { Config, LocalDatabase } from "./node-context";
import { Timers } from "./timers";

/** How long after a change of `_nodes` the others are told, in ms. */
const pushDelay = 60;

/** Keeps `cluster_nodes` after `_nodes` and connects to every member. */
export class Membership {
  private names: string[] = [];
  private readonly heardOf = new Set<string>();
  private readonly timers = new Timers();

  constructor(
    private readonly distribution: Distribution,
    private readonly config: Config,
    private readonly nodes: LocalDatabase,
  ) {}

  /** A node puts itself, and the seeds it was given, into its own `_nodes`. */
  async start(seeds: string[]): Promise<void> {
    this.distribution.memberNames = () => this.names;
    for (const name of [this.distribution.self, ...seeds]) {
      if (!this.nodes.ids().includes(name)) await this.nodes.put({ _id: name });
    }
    this.names = this.read();
    this.nodes.onChange(() => this.changed());
    this.distribution.onUp((node) => {
      this.heardOf.add(node);
      if (this.names.includes(node)) this.push([node]);
    });
    this.connectAll();
    this.nextRound();
  }

  stop(): void {
    this.timers.clear();
  }

  /** Whether this node knows the name at all: it does once a member or a connected node had it. */
  knows(node: string): boolean {
    return this.heardOf.has(node) || this.names.includes(node);
  }

  /** The list follows a moment after the document: first the names, then the connections, then the other members. */
  private changed(): void {
    this.timers.after(1, () => {
      this.names = this.read();
      for (const name of this.names) this.heardOf.add(name);
    });
    this.timers.after(5, () => this.connectAll());
    this.timers.once("push", pushDelay, () => this.push(this.names));
  }

  private connectAll(): void {
    for (const node of this.names) this.distribution.connect(node).catch(() => undefined);
  }

  private push(nodes: string[]): void {
    for (const node of nodes) {
      if (node === this.distribution.self || !this.distribution.isConnected(node)) continue;
      this.nodes.pushTo(node).catch(() => undefined);
    }
  }

  private nextRound(): void {
    const seconds = Number(this.config.get("cluster", "reconnect_interval_sec") ?? 37);
    this.timers.after(seconds * 1000 * (0.75 + Math.random() / 2), () => {
      this.connectAll();
      this.nextRound();
    });
  }

  private read(): string[] {
    return this.nodes.ids().filter((id) => !id.startsWith("_design/"));
  }
}
