import type { CouchDbClient } from "../../../clients/couchdb/client";
import type { Log } from "../../../runtime/log";
import { holdingsOf } from "../../join/observe";
import { type Identity, ordinalOf } from "./identity";
import type { View } from "./node-observer";

/** Members that no pod stands for any more. */
export interface UnknownMembers {
  /** Of this StatefulSet's naming, and without any shard: they are struck off. */
  removable: string[];
  /** All others: left alone. */
  tolerated: string[];
}

/** How long what was found about shards holds. */
const lifetime = 60_000;

/** Tells what is to become of members that are not among the StatefulSet's pods. */
export class UnknownMemberWatch {
  private found: { key: string; until: number; strangers: UnknownMembers } | undefined;

  constructor(
    private readonly identity: Identity,
    private readonly log: Log,
  ) {}

  /** @param client of a member */
  async of(views: readonly View[], client: CouchDbClient): Promise<UnknownMembers> {
    const names = views.map(({ name }) => name);
    const strangers = [...new Set(views.flatMap(({ members }) => members))]
      .filter((name) => !names.includes(name))
      .sort();
    if (strangers.length === 0) return { removable: [], tolerated: [] };

    const key = strangers.join();
    if (this.found?.key !== key || this.found.until < performance.now())
      this.found = { key, until: performance.now() + lifetime, strangers: await this.judge(strangers, client) };
    return this.found.strangers;
  }

  private async judge(strangers: readonly string[], client: CouchDbClient): Promise<UnknownMembers> {
    // Reading all shard maps may be much: only where a member could be removed.
    const ours = strangers.filter((name) => ordinalOf(this.identity, name) !== undefined);
    const holdings = ours.length > 0 ? await holdingsOf(client, ours) : {};
    const removable = ours.filter((name) => holdings[name]?.length === 0);
    const tolerated = strangers.filter((name) => !removable.includes(name));
    for (const name of tolerated) {
      const databases = holdings[name];
      const reason = databases
        ? "it still has shards; move them to other members, or raise the StatefulSet's replicas again"
        : "its name is none that this StatefulSet gives; if it is gone for good, delete its record in _nodes";
      this.log("warning", `${name} is a member, but no pod stands for it: ${reason}`, {
        ...(databases && { databases: databases.slice(0, 10) }),
      });
    }
    return { removable, tolerated };
  }
}
