/** What `GET /_cluster_setup` says. Computed by the node on each request, not stored. */
export type SetupState = "cluster_disabled" | "cluster_enabled" | "cluster_finished" | "single_node_enabled";

/** A node as it shows itself: the input of the plan. */
export interface Observation {
  /** URL by which it was reached. */
  url: string;
  /** Its Erlang name: `couchdb@couch-0.couch.default.svc.cluster.local`. */
  name: string;
  /** CouchDB's version: `3.5.1`. */
  version: string;
  /** The cluster's uuid; until the cluster is finished each node has its own. */
  uuid: string;
  /** Its own word on how far the set-up is, given the system databases asked for. */
  setup: SetupState;
  /** Nodes it is connected to now, itself included (`all_nodes`). */
  connected: string[];
  /** Nodes it takes for members, reachable or not (`cluster_nodes`). */
  members: string[];
  /** Its first few databases, system databases before others: tells an empty node from one that holds data. */
  databases: string[];
  /** For each member that is not declared: the databases that have a shard on it. */
  holdings: Record<string, string[]>;
}

/** Whether a node's own view says that the cluster is complete. */
export function isFinished(node: Pick<Observation, "setup">): boolean {
  return node.setup === "cluster_finished" || node.setup === "single_node_enabled";
}

/** A declared node: there, there but about to be replaced, or absent. */
export type NodeState = {
  /** URL under which it is declared. */
  url: string;
} & (
  | {
      seen: Observation;
      /** Why it does not count yet though it is there: its pod is about to be replaced. */
      awaited?: string;
    }
  | {
      seen?: undefined;
      /** Why it is absent. */
      awaited: string;
    }
);

/** Those of the nodes that are there. */
export function seenOf(nodes: readonly NodeState[]): Observation[] {
  return nodes.flatMap(({ seen }) => seen ?? []);
}
