import { validateConnection } from "../../clients/couchdb/validate-connection";
import type { CheckFailure } from "../../dynamic/handler";
import { ifGiven, objectOf, optional, required, validateFields } from "../../validation/fields";
import { booleanProblem, integerProblem, text, textsProblem } from "../../validation/validators";
import type { DatabaseInputs } from "./inputs";

const systemDatabases = ["_users", "_replicator", "_global_changes"];

/** Longest database name that CouchDB accepts: its file name gets a suffix, and file systems allow 255 bytes. */
const longestName = 238;

const group = ifGiven(objectOf({ names: optional(textsProblem), roles: optional(textsProblem) }));

/** Validates the arguments of a `CouchDbDatabase`, as far as they are known at preview. */
export function validateDatabase(inputs: DatabaseInputs): CheckFailure[] {
  return validateFields(inputs, {
    name: required(text(nameProblem)),
    q: optional(integerProblem(1, 1024)),
    n: optional(integerProblem(1, 100)),
    partitioned: optional(booleanProblem),
    forceDestroy: optional(booleanProblem),
    connection: validateConnection,
    // Strict, because a database in which CouchDB finds no members is open to everybody.
    security: ifGiven(objectOf({ admins: group, members: group })),
  });
}

/** Why CouchDB would reject this database name (https://docs.couchdb.org/en/stable/api/database/common.html#put--db). */
export function nameProblem(name: string): string | undefined {
  if (systemDatabases.includes(name)) return undefined;
  if (name.length > longestName) return `it has ${name.length} characters; CouchDB accepts ${longestName} at most`;
  if (/^[a-z][a-z0-9_$()+/-]*$/.test(name)) return undefined;
  return "CouchDB accepts lower-case letters, digits and any of _ $ ( ) + - /, beginning with a letter; choose another name";
}
