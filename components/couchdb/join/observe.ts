import type { CouchDbClient } from "../../clients/couchdb/client";
import { CouchDbError } from "../../clients/couchdb/error";
import type { Observation, SetupState } from "./observation";
import { PlanRejected } from "./rejections";

/** How long one look at a node may take, so that a node that hangs is asked again rather than waited for. */
export const lookTimeout = 10_000;

/**
 * Asks a node for its Erlang name. The first request to a node: if the password is wrong, this is the only try
 * that is counted against the account.
 */
export async function identify(client: CouchDbClient, timeout = lookTimeout): Promise<string> {
  const { name } = await client.request<{ name?: unknown }>({ path: "_node/_local", timeout });
  if (typeof name !== "string") throw notCouchDb(client);
  client.label = `${name} (${client.url})`;
  return name;
}

function notCouchDb(client: CouchDbClient): PlanRejected {
  return new PlanRejected(
    `${client.url} answers, but not as CouchDB does; check the URL (and its path, if it has one)`,
  );
}

/** How a node is looked at. */
export interface Look {
  /** Databases without which it does not count as finished. */
  systemDatabases: readonly string[];
  /** Whether it does not matter what a member holds, as it is declared. What all others hold is looked up. */
  isKnown(member: string): boolean;
  /** Milliseconds for each request. Default: {@link lookTimeout}. */
  timeout?: number;
}

/**
 * Observes one node.
 *
 * @param name as it identified itself
 */
export async function observe(
  client: CouchDbClient,
  name: string,
  { systemDatabases, isKnown, timeout = lookTimeout }: Look,
): Promise<Observation> {
  const look = <T>(path: string, query?: Record<string, string | number>) =>
    client.request<T>({ path, query, timeout });
  // Alone and first, as a refused password counts once for each request that carries it.
  // See https://docs.couchdb.org/en/stable/api/server/common.html#membership
  const membership = await look<{ all_nodes: string[]; cluster_nodes: string[] }>("_membership");
  if (!Array.isArray(membership.all_nodes) || !Array.isArray(membership.cluster_nodes)) throw notCouchDb(client);
  const [welcome, setup, databases] = await Promise.all([
    look<{ version: string; uuid: string }>(""),
    look<{ state: SetupState }>("_cluster_setup", { ensure_dbs_exist: JSON.stringify(systemDatabases) }),
    firstDatabases(look),
  ]);
  const unknown = membership.cluster_nodes.filter((member) => !isKnown(member));
  return {
    url: client.url,
    name,
    version: welcome.version,
    uuid: welcome.uuid,
    setup: setup.state,
    connected: membership.all_nodes,
    members: membership.cluster_nodes,
    databases,
    holdings: unknown.length > 0 ? await holdingsOf(client, unknown) : {},
  };
}

/** How many of a node's databases are looked at. */
const firstFew = { limit: 10 };

async function firstDatabases(
  look: <T>(path: string, query: Record<string, string | number>) => Promise<T>,
): Promise<string[]> {
  try {
    return await look<string[]>("_all_dbs", firstFew);
  } catch (error) {
    if (!CouchDbError.hasStatus(error, 412)) throw error;
    // A node in maintenance mode does not list them, but is not an empty node: its shard maps tell.
    const maps = await look<ShardMaps>("_node/_local/_dbs/_all_docs", firstFew);
    return maps.rows.map((row) => row.id).filter((id) => !id.startsWith("_design/"));
  }
}

interface ShardMaps {
  rows: { id: string; doc?: { by_node?: Record<string, string[]> } }[];
}

/** Which databases have a shard on each of these nodes, by the shard maps that the client's node knows. */
export async function holdingsOf(client: CouchDbClient, nodes: readonly string[]): Promise<Record<string, string[]>> {
  const maps = await client.request<ShardMaps>({
    path: "_node/_local/_dbs/_all_docs",
    query: { include_docs: true },
    timeout: 30_000,
  });
  return Object.fromEntries(
    nodes.map((node) => [
      node,
      maps.rows.filter((row) => (row.doc?.by_node?.[node]?.length ?? 0) > 0).map((row) => row.id),
    ]),
  );
}
