import { type CouchDbClient, pathOf } from "../../clients/couchdb/client";
import { CouchDbError } from "../../clients/couchdb/error";
import { defaultCopies } from "./give-copies";
import type { Step } from "./step";

/** What steps need to be carried out. */
export interface Tools {
  /** The client of a declared node, by its URL. */
  client(url: string): CouchDbClient;
  adminUser: string;
  adminPassword: string;
  systemDatabases: readonly string[];
  /** Address that a node which listens on localhost only is to listen on. */
  bindAddress: string;
}

const longRequest = 30_000;

/** Carries out one step. A step that was done already succeeds. Success is proved by observing again. */
export async function act(step: Exclude<Step, { kind: "await" }>, tools: Tools): Promise<void> {
  switch (step.kind) {
    case "enable":
      return enable(tools.client(step.url), tools.bindAddress);
    case "leaveSingleNodeMode":
      return leaveSingleNodeMode(tools.client(step.url));
    case "add":
      return add(tools.client(step.coordinator), tools.client(step.url), step.name);
    case "remove":
      return remove(tools.client(step.coordinator), step.name);
    case "finish":
      return finish(tools.client(step.coordinator), tools);
  }
}

/** Names no administrator: there is one already, and a node that is given a password again takes over a second to hash it. */
async function enable(client: CouchDbClient, bindAddress: string): Promise<void> {
  // Asked for, because the URL's port may be a tunnel's or a published one; a wrong one here stops the node for good.
  const port = await client.find<string>({ path: "_node/_local/_config/chttpd/port" });
  const body = { action: "enable_cluster", bind_address: bindAddress, node_count: defaultCopies };
  // See https://docs.couchdb.org/en/stable/setup/cluster.html#the-cluster-setup-api
  await tolerating(400, /already enabled/, () =>
    client.request({
      method: "POST",
      path: "_cluster_setup",
      body: { ...body, port: Number(port ?? 5984) },
      timeout: longRequest,
    }),
  );
}

async function leaveSingleNodeMode(client: CouchDbClient): Promise<void> {
  const config = "_node/_local/_config";
  // See https://docs.couchdb.org/en/stable/config/cluster.html
  await client.request({ method: "PUT", path: `${config}/cluster/n`, body: String(defaultCopies) });
  const single = await client.find<string>({ path: `${config}/couchdb/single_node` });
  if (single === "true") await client.request({ method: "PUT", path: `${config}/couchdb/single_node`, body: "false" });
}

function memberPath(name: string): string {
  // See https://docs.couchdb.org/en/stable/cluster/nodes.html
  return `_node/_local/_nodes/${pathOf(name)}`;
}

/**
 * Records a node as a member. Not by `add_node`: that answers 201 though it added nothing, needs a way from the
 * coordinator to the node's HTTP port, and papers over a wrong Erlang cookie until the node restarts.
 * The document gets the fields of the node's own (its zone), so that both sides' revisions are usually the same.
 */
async function add(coordinator: CouchDbClient, node: CouchDbClient, name: string): Promise<void> {
  const own = await node.find<Record<string, unknown>>({ path: memberPath(name) });
  const { _id, _rev, ...fields } = own ?? {};
  await tolerating(409, /conflict/, () => coordinator.request({ method: "PUT", path: memberPath(name), body: fields }));
}

/** Removes a member's record: every branch of it, as a conflicting one would take the deleted one's place. */
export async function remove(coordinator: CouchDbClient, name: string): Promise<void> {
  for (;;) {
    const record = await coordinator.find<{ _rev: string }>({ path: memberPath(name) });
    if (!record) return;
    await coordinator.request({ method: "DELETE", path: memberPath(name), query: { rev: record._rev } });
  }
}

async function finish(
  coordinator: CouchDbClient,
  { adminUser: user, adminPassword: password, systemDatabases }: Tools,
): Promise<void> {
  // A node without a cookie secret can't finish (500); any log-in makes it one.
  const secret = await coordinator.find({ path: "_node/_local/_config/chttpd_auth/secret" });
  if (secret === undefined)
    await coordinator.request({ method: "POST", path: "_session", body: { name: user, password } });
  // See https://docs.couchdb.org/en/stable/api/server/common.html#cluster-setup
  await tolerating(400, /already finished/, () =>
    coordinator.request({
      method: "POST",
      path: "_cluster_setup",
      body: { action: "finish_cluster", ensure_dbs_exist: systemDatabases },
      timeout: longRequest,
    }),
  );
}

async function tolerating(status: number, reason: RegExp, request: () => Promise<unknown>): Promise<void> {
  try {
    await request();
  } catch (error) {
    if (CouchDbError.hasStatus(error, status) && reason.test(error.reason ?? "")) return;
    throw error;
  }
}
