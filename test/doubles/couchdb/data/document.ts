import { HttpError } from "../node-context";
import { makeAttachment } from "./attachments";
import { isObject, type JsonObject } from "./json";
import { type Attachment, parseRevision } from "./revision";

/** A document as it is to be stored: the JSON taken apart. */
export interface Edit {
  id: string;
  /** The revision it is based on and that one's ancestors, newest first; for a replicated edit its own comes first. */
  history: string[];
  deleted: boolean;
  body: JsonObject;
  attachments: Attachment[];
}

const IGNORED_MEMBERS = new Set([
  "_id",
  "_rev",
  "_deleted",
  "_revisions",
  "_attachments",
  "_revs_info",
  "_conflicts",
  "_deleted_conflicts",
  "_local_seq",
]);

/** Documents of `_dbs` are named by their databases, system databases among them. */
const SYSTEM_DATABASE = /^_(users|replicator|global_changes)$/;

/** Whether this is the shard map of a system database. */
export function isSystemShardMap(database: string, id: string): boolean {
  return database === "_dbs" && SYSTEM_DATABASE.test(id);
}

/** Ids CouchDB takes; 400 with the recorded reasons for others. */
export function checkDocumentId(id: unknown): string {
  const refuse = (reason: string) => new HttpError(400, "illegal_docid", reason);
  if (typeof id !== "string") throw refuse("Document id must be a string");
  if (id === "") throw refuse("Document id must not be empty");
  if (id.startsWith("_") && !/^_(design|local)\/./.test(id)) {
    throw refuse("Only reserved document ids may start with underscore.");
  }
  return id;
}

function parseHistory(document: JsonObject): string[] {
  const revisions = document._revisions;
  if (isObject(revisions) && typeof revisions.start === "number" && Array.isArray(revisions.ids)) {
    const start = revisions.start;
    return revisions.ids.map((hash, index) => `${start - index}-${hash}`);
  }
  if (document._rev === undefined || document._rev === null || document._rev === "") return [];
  parseRevision(document._rev);
  return [document._rev as string];
}

function parseAttachments(document: JsonObject): Attachment[] {
  if (!isObject(document._attachments)) return [];
  return Object.entries(document._attachments).map(([name, value]) => {
    const given = isObject(value) ? value : {};
    const contentType = String(given.content_type ?? "application/octet-stream");
    const revpos = Number(given.revpos ?? 0);
    if (typeof given.data !== "string") {
      const digest = String(given.digest ?? "").replace(/^md5-/, "");
      return { name, contentType, digest, length: Number(given.length ?? 0), revpos };
    }
    return makeAttachment(name, contentType, Buffer.from(given.data, "base64"), revpos);
  });
}

/** Takes the JSON of a document apart; 400 for what CouchDB refuses. */
export function parseDocument(document: unknown, id?: string): Edit {
  if (!isObject(document)) throw new HttpError(400, "bad_request", "Document must be a JSON object");
  const body: JsonObject = {};
  for (const [key, value] of Object.entries(document)) {
    // The replicator's notes in its documents are content like any other.
    if (!key.startsWith("_") || key.startsWith("_replication_")) body[key] = value;
    else if (!IGNORED_MEMBERS.has(key)) {
      throw new HttpError(400, "doc_validation", `Bad special document member: ${key}`);
    }
  }
  return {
    id: id ?? checkDocumentId(document._id),
    history: parseHistory(document),
    deleted: document._deleted === true,
    body,
    attachments: parseAttachments(document),
  };
}

/** What of a revision is asked for beside its content. */
export interface Rendering {
  attachments?: boolean;
  revisions?: string[];
}

/** The JSON of a stored revision. */
export function renderDocument(
  revision: { id: string; rev: string; deleted: boolean; body: JsonObject; attachments: Attachment[] },
  wanted: Rendering = {},
): JsonObject {
  const document: JsonObject = { _id: revision.id, _rev: revision.rev };
  if (revision.deleted) document._deleted = true;
  Object.assign(document, revision.body);
  if (wanted.revisions) {
    document._revisions = {
      start: parseRevision(revision.rev).generation,
      ids: wanted.revisions.map((rev) => parseRevision(rev).hash),
    };
  }
  if (revision.attachments.length > 0) {
    document._attachments = Object.fromEntries(
      revision.attachments.map(({ name, contentType, revpos, digest, length, data }) => [
        name,
        {
          content_type: contentType,
          revpos,
          digest: `md5-${digest}`,
          ...(wanted.attachments ? { data: data ?? "" } : { length, stub: true }),
        },
      ]),
    );
  }
  return document;
}
