/** `[cluster] seedlist`: nodes to join without being asked, and what `/_up` says of them. */
import { crc32 } from "node:zlib";
import type { Distribution } from "./distribution";
import type { Config, LocalDatabase } from "./node-context";
import { Timers } from "./timers";

interface SeedStatus {
  timestamp?: string;
  pending_updates?: { _nodes: number; _dbs: number };
  last_replication_status?: "ok" | "error";
}

/** The seeds in the configuration, without the node itself. White space between commas is part of a name. */
export function seedlist(config: Config, self: string): string[] {
  const names = (config.get("cluster", "seedlist") ?? "").split(",");
  return names.filter((name) => name !== "" && name !== self);
}

/** Asks one seed after the other for its `_nodes` and `_dbs` until one answers. */
export class Seeds {
  private readonly status = new Map<string, SeedStatus>();
  private readonly timers = new Timers();
  /** Whether the node has what it needs of its seeds. */
  ready: boolean;

  constructor(
    names: string[],
    private readonly distribution: Distribution,
    databases: LocalDatabase[],
  ) {
    this.ready = names.length === 0;
    for (const name of [...names].reverse()) this.status.set(name, {});
    distribution.serve("seed", async (node: string) => {
      for (const database of databases) await database.pushTo(node);
    });
  }

  /** Asks the first seed, then goes on by itself. */
  async start(): Promise<void> {
    // Every node begins with another one, as its name's checksum has it.
    if (!this.ready) await this.ask([...this.status.keys()], crc32(this.distribution.self));
  }

  stop(): void {
    this.timers.clear();
  }

  /** The `seeds` of `/_up`. */
  report(): Record<string, SeedStatus> {
    return Object.fromEntries(this.status);
  }

  private async ask(names: string[], turn: number): Promise<void> {
    const seed = names[turn % names.length]!;
    const ok = await this.pull(seed);
    // Microseconds, as Erlang prints them.
    const timestamp = new Date().toISOString().replace("Z", "000Z");
    if (ok) {
      const pending_updates = { _nodes: 0, _dbs: 0 };
      this.status.set(seed, { timestamp, pending_updates, last_replication_status: "ok" });
      this.ready = true;
    } else {
      this.status.set(seed, { timestamp, last_replication_status: "error" });
      this.timers.after(1000, () => this.ask(names, turn + 1));
    }
  }

  private async pull(seed: string): Promise<boolean> {
    try {
      if (!(await this.distribution.connect(seed))) return false;
      await this.distribution.call(seed, "seed", this.distribution.self);
      return true;
    } catch {
      return false;
    }
  }
}
