/** How the answers of several copies become one. */
import { HttpError, NodeDown } from "../node-context";
import type { Written } from "./document-access";
import { compareRevisions } from "./revision";
import type { StoredRevision, UpdateResult } from "./store-types";

/** The node is down, in maintenance mode, or has no such file (yet): the others may answer. */
export function isAbsence(error: unknown): boolean {
  return (
    error instanceof NodeDown ||
    (error instanceof HttpError && ["maintenance_mode", "no_db_file"].includes(error.error))
  );
}

/** One answer out of those of all copies: stored by enough, stored by some, refused. */
export function weigh(replies: UpdateResult[], quorum: number): Written {
  const stored = replies.flatMap((reply) => ("rev" in reply ? [reply.rev] : []));
  const [rev] = stored;
  if (rev !== undefined) return stored.length >= quorum ? { rev } : { rev, accepted: true };
  return replies[0] ?? { error: "internal_server_error", reason: "No DB shards could be opened." };
}

/**
 * The revision a read answers with: what enough copies agree on, be it that there is none, otherwise the newest of all.
 * That is how a document can be missed which fewer copies have.
 */
export function agree(replies: (StoredRevision | undefined)[], quorum: number): StoredRevision | undefined {
  const agreed = replies.find((reply) => replies.filter((other) => other?.rev === reply?.rev).length >= quorum);
  const missing = replies.filter((reply) => reply === undefined).length;
  return agreed ?? (missing >= quorum ? undefined : newest(replies));
}

function newest(replies: (StoredRevision | undefined)[]): StoredRevision | undefined {
  return replies
    .flatMap((reply) => reply ?? [])
    .sort((a, b) => Number(a.deleted) - Number(b.deleted) || compareRevisions(b.rev, a.rev))[0];
}
