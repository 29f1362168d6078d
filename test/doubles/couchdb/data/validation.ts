import { createContext, runInContext } from "node:vm";
import { type Hasher, HttpError, type User } from "../node-context";
import { type Edit, renderDocument } from "./document";
import type { DocumentAccess } from "./document-access";
import { isObject, type Json, type JsonObject } from "./json";
import { checkReplicationDocument, withOwner } from "./replicator/replication-document";
import { requireDatabaseAdmin } from "./security";
import { checkUserDocument, withHashedPassword } from "./users";

/** What a write is validated by. */
export interface WriteContext {
  database: DocumentAccess;
  user: User;
  hasher: Hasher;
}

/** Refuses or changes edits as CouchDB does before it stores them. */
export async function prepareEdits(context: WriteContext, edits: Edit[]): Promise<void> {
  const { database, user, hasher } = context;
  if (database.local) return;
  for (const edit of edits) {
    if (edit.id.startsWith("_design/")) {
      requireDatabaseAdmin(await database.security(), user);
      continue;
    }
    if (database.name === "_users") await withHashedPassword(edit, hasher);
    if (database.name === "_replicator") {
      withOwner(edit, user);
      checkReplicationDocument(edit);
    }
    await validate(context, edit);
  }
}

/** Runs the `validate_doc_update` functions of the database's design documents. */
async function validate({ database, user }: WriteContext, edit: Edit): Promise<void> {
  const designs = (await database.documents("_design/")).filter(
    ({ body }) => typeof body.validate_doc_update === "string",
  );
  if (designs.length === 0) return;
  const old = await database.open(edit.id);
  const oldDocument = old && !old.deleted ? renderDocument(old) : null;
  const document: JsonObject = { _id: edit.id, ...edit.body, ...(edit.deleted ? { _deleted: true } : {}) };
  const security = await database.security();
  for (const { id, body } of designs) {
    if (database.name === "_users" && id === "_design/_auth") checkUserDocument(document, oldDocument, user, security);
    else runValidation(String(body.validate_doc_update), document, oldDocument, user, security, database.name);
  }
}

function runValidation(
  source: string,
  document: JsonObject,
  oldDocument: Json,
  user: User,
  security: JsonObject,
  db: string,
): void {
  const sandbox = createContext({ isArray: Array.isArray, toJSON: JSON.stringify, log: () => {} });
  const run = runInContext(`(${source})`, sandbox) as (...args: unknown[]) => void;
  try {
    run(document, oldDocument, { db, name: user.name, roles: user.roles }, security);
  } catch (thrown) {
    if (isObject(thrown) && "forbidden" in thrown) throw new HttpError(403, "forbidden", String(thrown.forbidden));
    if (isObject(thrown) && "unauthorized" in thrown) {
      throw new HttpError(401, "unauthorized", String(thrown.unauthorized));
    }
    throw new HttpError(500, "unnamed_error", String(thrown));
  }
}
