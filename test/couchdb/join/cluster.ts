import assert from "node:assert/strict";
import { CouchDbClient } from "../../../components/clients/couchdb/client";
import { membershipHandler } from "../../../components/couchdb/membership/handler";
import type { MembershipInputs, MembershipOutputs } from "../../../components/couchdb/membership/inputs";
import type { FreshNode } from "../../nodes";

/** Declares these nodes as one cluster. */
export function declared(nodes: readonly FreshNode[], differences: Partial<MembershipInputs> = {}): MembershipInputs {
  return {
    nodes: nodes.map(({ url }) => ({ url })),
    adminUser: nodes[0]!.adminUser,
    adminPassword: nodes[0]!.adminPassword,
    timeoutSeconds: 60,
    ...differences,
  };
}

/** Creates the resource, as a first `up` does. */
export async function create(inputs: MembershipInputs): Promise<MembershipOutputs> {
  return (await membershipHandler.create(inputs)).outs;
}

/** Updates the resource, as a later `up` does. */
export async function update(olds: MembershipOutputs, inputs: MembershipInputs): Promise<MembershipOutputs> {
  return (await membershipHandler.update!("id", olds, inputs)).outs;
}

/** A client of a node, as its administrator. */
export function clientOf(node: FreshNode): CouchDbClient {
  return new CouchDbClient(node.url, node);
}

/** Asks a node something directly. */
export function ask<T>(node: FreshNode, path: string): Promise<T> {
  return clientOf(node).request<T>({ path });
}

/** Asserts, by each node's own word, that these nodes and no others are one finished cluster. */
export async function assertOneCluster(nodes: readonly FreshNode[]): Promise<void> {
  const names = nodes.map((node) => node.name).sort();
  for (const node of nodes) {
    const membership = await ask<{ all_nodes: string[]; cluster_nodes: string[] }>(node, "_membership");
    assert.deepEqual([...membership.cluster_nodes].sort(), names, `${node.name}: cluster_nodes`);
    for (const name of names)
      assert.ok(membership.all_nodes.includes(name), `${node.name} is not connected to ${name}`);
    const { state } = await ask<{ state: string }>(node, "_cluster_setup");
    assert.match(state, nodes.length === 1 ? /finished|single_node_enabled/ : /cluster_finished/, node.name);
    const databases = await ask<string[]>(node, "_all_dbs");
    assert.ok(databases.includes("_users") && databases.includes("_replicator"), `${node.name}: ${databases}`);
  }
}

/** How many nodes hold each shard of a database, at the least. */
export async function fewestCopies(node: FreshNode, database: string): Promise<number> {
  const { shards } = await ask<{ shards: Record<string, string[]> }>(node, `${database}/_shards`);
  return Math.min(...Object.values(shards).map((holders) => holders.length));
}
