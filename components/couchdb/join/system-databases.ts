import type { CouchDbClient } from "../../clients/couchdb/client";
import { CouchDbError } from "../../clients/couchdb/error";
import type { Deadline } from "../../reconcile/deadline";
import { giveCopies, isTransientInMember } from "./give-copies";

/**
 * Gives system databases that were made while the cluster was smaller their missing copies.
 *
 * @param coordinator any member
 * @param members names of all members, which must be connected
 * @returns whether there was anything to do
 */
export async function completeSystemDatabases(
  coordinator: CouchDbClient,
  databases: readonly string[],
  members: readonly string[],
  deadline: Deadline,
  report: (line: string) => void,
): Promise<boolean> {
  let changed = false;
  for (const database of databases) {
    const attempt = () => giveCopies(coordinator, database, members, deadline);
    if (!(await deadline.retry(attempt, isTransient))) continue;
    changed = true;
    report(`${database} now has its copies on ${members.length === 2 ? "both" : "more"} nodes`);
  }
  return changed;
}

/** Besides: another run has changed the shard map first. */
function isTransient(error: unknown): boolean {
  return isTransientInMember(error) || CouchDbError.hasStatus(error, 409);
}
