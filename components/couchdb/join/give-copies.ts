import { type CouchDbClient, pathOf } from "../../clients/couchdb/client";
import { CouchDbError } from "../../clients/couchdb/error";
import { type Deadline, NotYet } from "../../reconcile/deadline";
import { notFull, type ShardCounts, type ShardMap, shardName, withMissingCopies } from "./copies";

/** `[cluster] n` where it is not set. CouchDB makes fewer copies while there are fewer nodes. */
export const defaultCopies = 3;

/**
 * Gives a system database as many copies as the cluster is to have, and proves that each is full. Reads may come from
 * a copy that is still empty, for the fraction of a second that filling it takes.
 *
 * @param coordinator any member
 * @param members names of all members, which must be connected
 * @returns whether there was anything to do
 */
export async function giveCopies(
  coordinator: CouchDbClient,
  database: string,
  members: readonly string[],
  deadline: Deadline,
): Promise<boolean> {
  const configured = await coordinator.find<string>({ path: "_node/_local/_config/cluster/n" });
  const copies = Number(configured ?? defaultCopies);
  let map = await shardMapOf(coordinator, database);
  const before = await countsOf(coordinator, map);
  const extended = withMissingCopies(map, members, copies);
  if (extended) {
    // See https://docs.couchdb.org/en/stable/cluster/sharding.html
    await coordinator.request({ method: "PUT", path: mapPath(database), body: extended });
    map = await shardMapOf(coordinator, database);
  }
  if (!extended && notFull(before, before).length === 0) return false;

  await deadline.retry(async () => {
    // A changed map copies nothing by itself, and a sync that comes before a node has heard of it does nothing.
    // See https://docs.couchdb.org/en/stable/api/database/shard.html
    await coordinator.request({ method: "POST", path: pathOf(database, "_sync_shards") });
    const revisions = await Promise.all(members.map((node) => revisionOn(coordinator, node, database)));
    const uninformed = members.filter((_, index) => revisions[index] !== map._rev);
    const lacking = [...uninformed, ...notFull(await countsOf(coordinator, map), before)];
    if (lacking.length > 0)
      throw new NotYet(
        `the copies of ${database} on ${[...new Set(lacking)].join(", ")} are not full yet; ` +
          "check that these nodes are connected, have disk space, and are not in maintenance mode",
      );
  }, isTransientInMember);
  return true;
}

/** Besides what is transient anywhere: a member that restarts (412). */
export function isTransientInMember(error: unknown): boolean {
  return CouchDbError.isTransient(error) || CouchDbError.hasStatus(error, 412);
}

function mapPath(database: string): string {
  return `_node/_local/_dbs/${pathOf(database)}`;
}

function shardMapOf(client: CouchDbClient, database: string): Promise<ShardMap> {
  return client.request<ShardMap>({ path: mapPath(database) });
}

/** Which revision of the shard map a node knows. */
async function revisionOn(client: CouchDbClient, node: string, database: string): Promise<string | undefined> {
  const path = `_node/${pathOf(node)}/_dbs/${pathOf(database)}`;
  return (await client.find<ShardMap>({ path }))?._rev;
}

async function countsOf(client: CouchDbClient, map: ShardMap): Promise<ShardCounts> {
  const ranges = Object.entries(map.by_range).map(async ([range, holders]) => {
    const counts = holders.map(async (node) => [node, await countOf(client, node, shardName(map, range))] as const);
    return [range, Object.fromEntries(await Promise.all(counts))] as const;
  });
  return Object.fromEntries(await Promise.all(ranges));
}

/** Documents in one node's copy of a shard, deleted ones included; none while the copy has not been made. */
async function countOf(client: CouchDbClient, node: string, shard: string): Promise<number> {
  const info = await client.find<{ doc_count: number; doc_del_count: number }>({
    path: `_node/${pathOf(node, shard)}`,
  });
  return info ? info.doc_count + info.doc_del_count : 0;
}
