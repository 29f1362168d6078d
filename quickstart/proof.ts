import { CouchDbClient } from "../components/clients/couchdb/client";
import { adminUser, type ClusterNode, secretFiles, urlOf } from "./cluster";
import type { State } from "./state";
import { table } from "./table";

/** A finished cluster has these. */
const SYSTEM_DATABASES = ["_users", "_replicator"];

const DOCUMENT = "hello";

/** Asks every node for its members. Returns the answers as a table. Throws if the nodes are not one cluster. */
export async function proveMembership(nodes: ClusterNode[], state: State): Promise<string> {
  const seen = await Promise.all(nodes.map(async (node) => ({ node, ...(await look(await clientOf(node, state))) })));
  const shown = table(
    ["NODE", "URL", "MEMBERS IT SEES", "ITS SETUP STATE"],
    seen.map(({ node, members, setup }) => [
      node.name,
      urlOf(node),
      `${members.length} of ${nodes.length}: ${members.map((name) => name.replace(/@.*/, "")).join(", ")}`,
      setup,
    ]),
  );
  const expected = nodes
    .map((node) => node.name)
    .sort()
    .join();
  if (seen.some(({ members, setup }) => members.join() !== expected || setup !== "cluster_finished"))
    throw new Error(`the nodes do not agree that they are one finished cluster:\n${shown}`);
  return shown;
}

/** Writes a document on the first node and reads it on the last. */
export async function proveData(nodes: ClusterNode[], database: string, state: State): Promise<string> {
  const [first, last] = [nodes[0]!, nodes.at(-1)!];
  const [writer, reader] = [await clientOf(first, state), await clientOf(last, state)];
  const path = `${database}/${DOCUMENT}`;
  const earlier = await writer.find<{ _rev: string }>({ path });
  const written = { _rev: earlier?._rev, writtenOn: first.name, at: new Date().toISOString() };
  await writer.request({ method: "PUT", path, body: written });
  const read = await reader.request<typeof written>({ path });
  if (read.at !== written.at) throw new Error(`${last.name} does not have the document that ${first.name} has`);
  return `  document ${path}: written on ${first.name}, read on ${last.name}`;
}

async function look(client: CouchDbClient): Promise<{ members: string[]; setup: string }> {
  const query = { ensure_dbs_exist: JSON.stringify(SYSTEM_DATABASES) };
  const [{ all_nodes, cluster_nodes }, { state }] = await Promise.all([
    client.request<{ all_nodes: string[]; cluster_nodes: string[] }>({ path: "_membership" }),
    client.request<{ state: string }>({ path: "_cluster_setup", query }),
  ]);
  return { members: all_nodes.filter((name) => cluster_nodes.includes(name)).sort(), setup: state };
}

async function clientOf(node: ClusterNode, state: State): Promise<CouchDbClient> {
  const password = await state.secret(secretFiles.adminPassword);
  return new CouchDbClient(urlOf(node), { adminUser: adminUser, adminPassword: password }, node.name);
}
