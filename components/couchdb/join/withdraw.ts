import { CouchDbClient } from "../../clients/couchdb/client";
import type { CouchDbConnection } from "../../clients/couchdb/connection";
import { Deadline } from "../../reconcile/deadline";
import { remove } from "./act";
import type { Observation } from "./observation";

/** How long it may take: an operation that failed has usually waited until its deadline. */
const withdrawalSeconds = 10;

/** Whether another node was seen to have this one on record. */
export function isRecorded(name: string, nodes: readonly Observation[]): boolean {
  return nodes.some((node) => node.name !== name && node.members.includes(name));
}

/**
 * A member that can't be connected to would get shards of new databases, and keep the cluster from ever being
 * finished. So the record that a run made of such a node is removed.
 *
 * @param added names of the nodes that the run has recorded
 * @param nodes as they were last seen
 */
export async function withdrawUnreachable(
  added: readonly string[],
  nodes: readonly Observation[],
  connection: CouchDbConnection,
  report: (line: string) => void,
): Promise<void> {
  // One that was not looked at since it was added is given the benefit of the doubt.
  const unreachable = [...new Set(added)]
    .filter((name) => isRecorded(name, nodes))
    .filter((name) => nodes.every((node) => node.name === name || !node.connected.includes(name)));
  const coordinator = nodes.find((node) => node.members.length > 1 && !unreachable.includes(node.name));
  if (!coordinator || unreachable.length === 0) return;
  const client = new CouchDbClient(coordinator.url, connection);
  client.deadline = new Deadline(withdrawalSeconds);
  await Promise.all(
    unreachable.map(async (name) => {
      const withdrawn = await remove(client, name).then(
        () => true,
        () => false,
      );
      report(withdrawn ? `removed the record of ${name} again` : `could not remove the record of ${name} again`);
    }),
  );
}
