import type { CouchDbClient } from "../../../clients/couchdb/client";
import type { Log } from "../../../runtime/log";
import type { Observation } from "../../join/observation";
import { holdingsOf } from "../../join/observe";
import { type Identity, ordinalOf } from "./identity";

/** Members that no pod stands for any more. */
export interface UnknownMembers {
  /** Of this StatefulSet's naming, and without any shard: their records are removed. */
  removable: string[];
  /** All others: left alone. */
  tolerated: string[];
}

/** Milliseconds for which the result of looking at shards is used. */
const lifetime = 60_000;

/** Decides what becomes of members that are not among the StatefulSet's pods. */
export class UnknownMemberWatch {
  private found: { key: string; until: number; members: UnknownMembers } | undefined;

  constructor(
    private readonly identity: Identity,
    private readonly log: Log,
  ) {}

  /**
   * The unknown members.
   *
   * @param nodes of all pods
   * @param client of a member
   */
  async of(nodes: readonly Observation[], client: CouchDbClient): Promise<UnknownMembers> {
    const names = nodes.map(({ name }) => name);
    const unknown = [...new Set(nodes.flatMap(({ members }) => members))]
      .filter((name) => !names.includes(name))
      .sort();
    if (unknown.length === 0) return { removable: [], tolerated: [] };

    const key = unknown.join();
    if (this.found?.key !== key || this.found.until < performance.now())
      this.found = { key, until: performance.now() + lifetime, members: await this.sort(unknown, client) };
    return this.found.members;
  }

  private async sort(unknown: readonly string[], client: CouchDbClient): Promise<UnknownMembers> {
    // Reading all shard maps may be much: only where a member could be removed.
    const ours = unknown.filter((name) => ordinalOf(this.identity, name) !== undefined);
    const holdings = ours.length > 0 ? await holdingsOf(client, ours) : {};
    const removable = ours.filter((name) => holdings[name]?.length === 0);
    const tolerated = unknown.filter((name) => !removable.includes(name));
    for (const name of tolerated) {
      const databases = holdings[name];
      const reason = databases
        ? "it still has shards; move them to other members, or raise the StatefulSet's replicas again"
        : "this StatefulSet gives no such name; if it is gone for good, delete its record in _nodes";
      this.log("warning", `${name} is a member, but no pod stands for it: ${reason}`, {
        ...(databases && { databases: databases.slice(0, 10) }),
      });
    }
    return { removable, tolerated };
  }
}
