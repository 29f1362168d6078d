/** Who belongs to the cluster: the documents of `_nodes`, the connections they call for, and passing them on. */
import type { Distribution } from "./distribution";
import type { Config, LocalDatabase } from "./node-context";
import { Timers } from "./timers";

/**
 * How many ms after a change of `_nodes` what happens: the list of names follows, connections are made, the others are
 * informed. A node that hears of a change from another one passes its own part on before it counts the newcomers.
 */
const localChange = { names: 0, connect: 28, push: 110 };
const replicatedChange = { names: 25, connect: 30, push: 2 };
/** How many ms after a member got connected it hears of everything. */
const greetingDelay = 150;

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
    this.distribution.serve("members", async () => this.names);
    for (const name of [this.distribution.self, ...seeds]) {
      if (!this.nodes.ids().includes(name)) await this.nodes.put({ _id: name });
    }
    this.names = this.read();
    this.nodes.onChange((replicated) => this.changed(replicated ? replicatedChange : localChange));
    this.distribution.onUp((node) => {
      this.heardOf.add(node);
      this.timers.after(greetingDelay, () => this.read().includes(node) && this.push([node]));
    });
    await this.connectAll();
    this.nextRound();
  }

  stop(): void {
    this.timers.clear();
  }

  /** Whether this node knows the name at all: it does once a member or a connected node had it. */
  knows(node: string): boolean {
    return this.heardOf.has(node) || this.names.includes(node);
  }

  private changed(delays: typeof localChange): void {
    if (delays.names === 0) this.updateNames();
    else this.timers.after(delays.names, () => this.updateNames());
    this.timers.after(delays.connect, () => this.connectAll());
    // A member that gets connected until then is greeted instead; one that is removed until then does not hear of it.
    const connected = this.distribution.connected();
    this.timers.after(delays.push, () => this.push(this.read().filter((name) => connected.includes(name))));
  }

  private updateNames(): void {
    this.names = this.read();
    for (const name of this.names) this.heardOf.add(name);
  }

  private async connectAll(): Promise<void> {
    await Promise.allSettled(this.names.map((node) => this.distribution.connect(node)));
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
