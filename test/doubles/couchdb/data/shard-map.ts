import { crc32 } from "node:zlib";
import { isObject, type JsonObject } from "./json";

/** Where the copies of a database's shards are. */
export interface ShardMap {
  database: string;
  /** `.` and the second of creation: part of the file names, so that a database made again gets new files. */
  suffix: string;
  /** Holders of each range. */
  ranges: Record<string, string[]>;
  partitioned: boolean;
}

/** What a new database is to look like. */
export interface ShardPlan {
  database: string;
  shards: number;
  copies: number;
  /** Nodes that may hold copies. */
  nodes: string[];
  partitioned: boolean;
  createdAt: number;
}

const HASH_SPACE = 2 ** 32;
const hex = (value: number) => value.toString(16).padStart(8, "0");

/** The hash space cut in q ranges `00000000-7fffffff`, … */
export function keyRanges(q: number): string[] {
  const width = Math.ceil(HASH_SPACE / q);
  return Array.from({ length: q }, (_, index) => {
    const end = Math.min((index + 1) * width, HASH_SPACE) - 1;
    return `${hex(index * width)}-${hex(end)}`;
  });
}

/** Deals copies out over the nodes; no more copies than nodes, which CouchDB does not complain about. */
export function planShards(plan: ShardPlan): ShardMap {
  const nodes = [...plan.nodes].sort().reverse();
  const copies = Math.min(plan.copies, nodes.length);
  // CouchDB starts anywhere; starting where the name says makes runs repeatable.
  let next = crc32(plan.database) % nodes.length;
  const ranges: Record<string, string[]> = {};
  for (const range of keyRanges(plan.shards)) {
    ranges[range] = Array.from({ length: copies }, () => nodes[next++ % nodes.length] as string).sort();
  }
  const suffix = `.${Math.floor(plan.createdAt / 1000)}`;
  return { database: plan.database, suffix, ranges, partitioned: plan.partitioned };
}

/** The shard map as the document that `_dbs` holds. */
export function toDocument(map: ShardMap): JsonObject {
  const byNode: Record<string, string[]> = {};
  const changelog: string[][] = [];
  for (const [range, nodes] of Object.entries(map.ranges)) {
    for (const node of nodes) {
      changelog.push(["add", range, node]);
      byNode[node] = [...(byNode[node] ?? []), range];
    }
  }
  return {
    _id: map.database,
    shard_suffix: [...Buffer.from(map.suffix)],
    changelog,
    by_node: byNode,
    by_range: map.ranges,
    props: map.partitioned ? { partitioned: true, hash: ["couch_partition", "hash", []] } : {},
  };
}

/** Reads a document of `_dbs`, possibly edited by hand: holders are those of `by_node`, as in CouchDB. */
export function fromDocument(document: JsonObject): ShardMap | undefined {
  const { shard_suffix: suffix, by_node: byNode, props } = document;
  if (!Array.isArray(suffix) || !isObject(byNode)) return undefined;
  const ranges: Record<string, string[]> = {};
  for (const [node, held] of Object.entries(byNode)) {
    for (const range of Array.isArray(held) ? held : []) {
      ranges[String(range)] = [...(ranges[String(range)] ?? []), node].sort();
    }
  }
  return {
    database: String(document._id),
    suffix: Buffer.from(suffix as number[]).toString(),
    ranges: Object.fromEntries(Object.entries(ranges).sort(([a], [b]) => (a < b ? -1 : 1))),
    partitioned: isObject(props) && props.partitioned === true,
  };
}

/** The range a document belongs to; in a partitioned database that of its partition. */
export function rangeOf(map: ShardMap, id: string): string {
  const partition = map.partitioned && !id.startsWith("_design/") ? id.split(":")[0] : id;
  const hash = hex(crc32(partition as string));
  const ranges = Object.keys(map.ranges);
  return ranges.find((range) => hash <= (range.split("-")[1] as string)) ?? (ranges[0] as string);
}

/** The name of the file of a range. */
export function shardName(map: ShardMap, range: string): string {
  return `shards/${range}/${map.database}${map.suffix}`;
}

/** The most copies any range has: what quorum is counted from. */
export function copiesOf(map: ShardMap): number {
  return Math.max(...Object.values(map.ranges).map((nodes) => nodes.length));
}
