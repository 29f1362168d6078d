import { coerce, lt, major } from "semver";
import { existingClusters, holdsData } from "./coordinator";
import { isFinished, type Observation } from "./observation";

/** What the plan needs to know besides what is observed. */
export interface Desired {
  /** Erlang names that the declaration gives to URLs, where it does. */
  names: Readonly<Record<string, string>>;
  /** Members that an earlier declaration named: these may be removed if they are no longer declared. */
  formerMembers: readonly string[];
  /** Unknown members that are left as they are: neither removed nor rejected. Default: none. */
  tolerated?: readonly string[];
}

/** Why these nodes can't be made one cluster. Nothing has been changed. */
export class PlanRejected extends Error {
  constructor(message: string) {
    super(message);
    this.name = "PlanRejected";
  }
}

/** Oldest version that may be clustered: earlier ones have a remote code execution hole (CVE-2022-24706). */
export const oldestVersion = "3.2.2";

/** Rejects nodes that can't, or must not, become members of one cluster. */
export function assertCanJoin(nodes: readonly Observation[], desired: Desired): void {
  if (nodes.length === 0) throw new PlanRejected("no nodes are declared; name at least one in `nodes`");
  assertNames(nodes, desired);
  assertVersions(nodes);

  const withData = existingClusters(nodes).filter((cluster) => cluster.some(holdsData));
  if (withData.length > 1) {
    const described = withData.map((cluster) => {
      const databases = [...new Set(cluster.flatMap((node) => node.databases))].slice(0, 5).join(", ");
      return `${cluster.map((node) => node.name).join(" + ")} (databases: ${databases || "none listed"})`;
    });
    throw new PlanRejected(
      `these nodes belong to different clusters that hold databases of their own: ${described.join("; ")}. ` +
        "Joined, the databases of the same name, _users among them, would hide each other's documents. " +
        "Declare them as separate clusters, or empty all but one first (replicate what is needed, delete the databases)",
    );
  }
}

function assertNames(nodes: readonly Observation[], desired: Desired): void {
  for (const node of nodes) {
    const declared = desired.names[node.url];
    if (declared !== undefined && declared !== node.name)
      throw new PlanRejected(
        `${node.url} is called ${node.name}, but is declared as ${declared}. A node's name is fixed when it starts ` +
          "(NODENAME in the Docker image, -name in vm.args): correct the declaration, or restart the node under its name",
      );
    if (node.name === "nonode@nohost")
      throw new PlanRejected(
        `${node.url} runs without a name (${node.name}) and can't be reached by other nodes; start it with a name ` +
          "(NODENAME in the Docker image, -name in vm.args)",
      );
    const twin = nodes.find((other) => other !== node && other.name === node.name);
    if (twin)
      throw new PlanRejected(
        `${node.url} and ${twin.url} both answer as ${node.name}: either both URLs lead to one node (a load balancer?), ` +
          "or two nodes have the same name; give each node its own URL and name",
      );
  }
}

function assertVersions(nodes: readonly Observation[]): void {
  for (const node of nodes) {
    if (lt(released(node.version), oldestVersion))
      throw new PlanRejected(
        `${node.name} runs CouchDB ${node.version}, older than ${oldestVersion}, the first version without a known ` +
          "remote code execution hole in clusters (CVE-2022-24706); upgrade it",
      );
  }
  const majors = new Map(nodes.map((node) => [major(released(node.version)), node]));
  if (majors.size > 1) {
    const versions = [...majors.values()].map((node) => `${node.name} ${node.version}`).join(", ");
    throw new PlanRejected(`these nodes run different major versions, which can't form a cluster: ${versions}`);
  }
}

/** A version as it is compared: a build between releases, as `3.5.1-abc123`, counts as the release. */
function released(version: string): string {
  return coerce(version)?.version ?? "0.0.0";
}

/**
 * Rejects undeclared members: those never declared, and those that still hold shards.
 *
 * @param coordinator whose record counts: a node that was itself removed does not learn who was removed with it
 */
export function assertCanLeave(nodes: readonly Observation[], desired: Desired, coordinator: Observation): void {
  const declared = nodes.map((node) => node.name);
  const isOutdated = (node: Observation, name: string) =>
    isFinished(coordinator) && node.members.includes(coordinator.name) && !coordinator.members.includes(name);
  for (const node of nodes) {
    const undeclared = node.members.filter((name) => !declared.includes(name));
    const foreign = undeclared.filter((name) => !desired.formerMembers.includes(name) && !isOutdated(node, name));
    if (foreign.length > 0)
      throw new PlanRejected(
        `${node.name} belongs to a cluster with members that are not declared: ${foreign.join(", ")}. ` +
          "Declare them in `nodes`; or, if they are gone for good, delete their records " +
          "(DELETE /_node/_local/_nodes/NAME?rev=…) first",
      );
    for (const name of undeclared) {
      const databases = node.holdings[name] ?? [];
      if (databases.length === 0) continue;
      const listed =
        databases.slice(0, 10).join(", ") + (databases.length > 10 ? `, … ${databases.length} in all` : "");
      throw new PlanRejected(
        `${name} can't be removed: it still holds shards of ${listed}. ` +
          "Move those shards to other members first, or declare the node again",
      );
    }
  }
}
