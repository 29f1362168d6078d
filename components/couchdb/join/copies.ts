/** CouchDB's record of where a database's shards are: the document `_dbs/NAME`. */
export interface ShardMap {
  _id: string;
  _rev: string;
  /** Character codes of the suffix in the shards' names. */
  shard_suffix: number[];
  changelog: [action: string, range: string, node: string][];
  by_node: Record<string, string[]>;
  by_range: Record<string, string[]>;
  [other: string]: unknown;
}

/** How many documents, deleted ones included, each holder of a range has: `counts[range][node]`. */
export type ShardCounts = Record<string, Record<string, number>>;

/**
 * The map with holders added until each range has so many copies, or one on each member if there are fewer; nothing
 * if it has. The members with the fewest shards come first. A database that was made while the cluster was smaller,
 * as the system databases are on a single node, otherwise stays on these few nodes for good.
 */
export function withMissingCopies(map: ShardMap, members: readonly string[], copies: number): ShardMap | undefined {
  const extended: ShardMap = structuredClone(map);
  for (const [range, holders] of Object.entries(extended.by_range)) {
    const load = (node: string) => extended.by_node[node]?.length ?? 0;
    const free = members.filter((node) => !holders.includes(node)).sort((a, b) => load(a) - load(b));
    for (const node of free.slice(0, Math.max(0, copies - holders.length))) {
      holders.push(node);
      extended.by_node[node] = [...(extended.by_node[node] ?? []), range];
      extended.changelog.push(["add", range, node]);
    }
  }
  return extended.changelog.length > map.changelog.length ? extended : undefined;
}

/** The nodes with a copy that has fewer documents than the fullest had when first looked at. */
export function notFull(counts: ShardCounts, firstCounts: ShardCounts): string[] {
  const lacking = Object.entries(counts).flatMap(([range, holders]) => {
    const target = Math.max(0, ...Object.values(firstCounts[range] ?? {}));
    return Object.keys(holders).filter((node) => holders[node]! < target);
  });
  return [...new Set(lacking)].sort();
}

/** Name of the node-local database that is one shard. */
export function shardName(map: ShardMap, range: string): string {
  return `shards/${range}/${map._id}${String.fromCharCode(...map.shard_suffix)}`;
}
