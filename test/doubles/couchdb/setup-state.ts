/** How far the setup of a node has come, and the databases that make the last step. */
import { HttpError } from "./node-context";
import type { NodeParts } from "./node-parts";

/** The databases that every finished cluster has. */
export const systemDatabases = ["_users", "_replicator"];

/** How long the members may take to know of each other, in ms. */
const agreementTimeout = 500;

/** Nothing of the state is stored: it follows from the configuration and from the databases that can be opened. */
export async function clusterState(node: NodeParts, databases: string[]): Promise<string> {
  const finished = await allAnswer(node, databases);
  if (node.config.get("cluster", "n") === "1") {
    return finished && hasAdmins(node) ? "single_node_enabled" : "single_node_disabled";
  }
  if (!isEnabled(node)) return "cluster_disabled";
  return finished ? "cluster_finished" : "cluster_enabled";
}

/** Whether a node may have members: bound to more than this machine, with an admin. */
export function isEnabled(node: NodeParts): boolean {
  return node.config.get("chttpd", "bind_address") !== "127.0.0.1" && hasAdmins(node);
}

/** Whether `[admins]` has anyone. */
export function hasAdmins(node: NodeParts): boolean {
  return Object.keys(node.config.section("admins")).length > 0;
}

/** Whether all these databases can be opened. */
export async function allAnswer(node: NodeParts, databases: string[]): Promise<boolean> {
  for (const name of databases) if (!(await node.data.databaseAnswers(name))) return false;
  return true;
}

/** Makes databases. It takes as long in a cluster that its members know of each other afterwards. */
export async function createAll(node: NodeParts, databases: string[]): Promise<void> {
  const deadline = Date.now() + agreementTimeout;
  while (Date.now() < deadline && !(await membersAgree(node))) await new Promise((resolve) => setTimeout(resolve, 20));
  for (const name of databases) await node.data.createDatabase(name);
}

async function membersAgree({ distribution }: NodeParts): Promise<boolean> {
  const members = distribution.members();
  const views = await Promise.all(
    members.map((name) => distribution.call<string[]>(name, "members").catch((): string[] => [])),
  );
  return views.every((view) => members.every((name) => view.includes(name)));
}

/** The databases that a setup is to make. */
export function requestedDatabases(options: Record<string, unknown>): string[] {
  const databases = options.ensure_dbs_exist ?? systemDatabases;
  if (!Array.isArray(databases)) throw new HttpError(500, "unknown_error", "function_clause", { ref: 2906421573 });
  return databases.map(String);
}
