import { isFinished, type Observation } from "./observation";

/** Nodes that take each other for members already: by either one's word. */
export function existingClusters(nodes: readonly Observation[]): Observation[][] {
  const clusters: Observation[][] = [];
  for (const node of nodes) {
    const related = clusters.filter((cluster) =>
      cluster.some((other) => other.members.includes(node.name) || node.members.includes(other.name)),
    );
    const merged = [...related.flat(), node];
    clusters.splice(0, clusters.length, ...clusters.filter((cluster) => !related.includes(cluster)), merged);
  }
  return clusters;
}

/** Whether joining this node to another cluster could hide or lose what it holds. */
export function holdsData(node: Observation): boolean {
  return node.databases.length > 0 || isFinished(node);
}

/**
 * The node on which members are recorded and the cluster is finished: one of the cluster that holds data, otherwise of
 * the one that has got furthest; among equals the first declared, so that an interrupted run goes on where it was.
 */
export function chooseCoordinator(nodes: readonly Observation[]): Observation {
  const finished = nodes.filter(isFinished);
  const candidates = [finished, nodes.filter(holdsData), nodes].find((list) => list.length > 0) ?? [];
  const lists = (node: Observation, other: Observation) => node.members.includes(other.name);
  const others = (node: Observation) => finished.filter((other) => other !== node);
  // A node that was just added is listed by all, and may have got the databases before the list of members.
  const agreeing = (node: Observation) =>
    others(node).filter((other) => lists(other, node) && lists(node, other)).length;
  // A node that was removed usually does not learn of it: it still lists all the others, but they don't list it.
  const listedBy = (node: Observation) => others(node).filter((other) => lists(other, node)).length;
  const listing = (node: Observation) => nodes.filter((other) => lists(node, other)).length;
  const better = (node: Observation, best: Observation) =>
    agreeing(node) - agreeing(best) || listedBy(node) - listedBy(best) || listing(node) - listing(best);
  return candidates.reduce((best, node) => (better(node, best) > 0 ? node : best));
}
