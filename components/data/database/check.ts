import { checkOptionalInteger, checkText } from "../../dynamic/check";
import type { CheckFailure } from "../../dynamic/handler";
import { isUnknown } from "../../dynamic/unknown";
import type { DatabaseInputs } from "./inputs";

const systemDatabases = ["_users", "_replicator", "_global_changes"];

/** Longest database name that CouchDB takes: its file name gets a suffix, and file systems allow 255 bytes. */
const longestName = 238;

/** What is wrong with the arguments of a `Database`, as far as they are known at preview. */
export function checkDatabase(inputs: DatabaseInputs): CheckFailure[] {
  return [
    ...checkText("name", inputs.name, nameProblem),
    ...checkOptionalInteger("q", inputs.q, 1, 1024),
    ...checkOptionalInteger("n", inputs.n, 1, 100),
    ...checkConnection(inputs.connection),
    ...checkSecurity(inputs.security),
  ];
}

/** Why CouchDB would refuse this database name. */
export function nameProblem(name: string): string | undefined {
  if (systemDatabases.includes(name)) return undefined;
  if (name.length > longestName) return `it has ${name.length} characters; CouchDB takes ${longestName} at most`;
  if (/^[a-z][a-z0-9_$()+/-]*$/.test(name)) return undefined;
  return "CouchDB takes lower-case letters, digits and any of _ $ ( ) + - /, beginning with a letter; choose another name";
}

function checkConnection(connection: unknown): CheckFailure[] {
  if (isUnknown(connection)) return [];
  const { urls, user, password } = (connection ?? {}) as { urls?: unknown; user?: unknown; password?: unknown };
  if (Array.isArray(urls) && urls.length > 0 && typeof user === "string" && typeof password === "string") return [];
  return [{ property: "connection", reason: "give the connection of a Membership, or urls, user and password" }];
}

function checkSecurity(security: unknown): CheckFailure[] {
  if (security === undefined || security === null || isUnknown(security)) return [];
  const sections = security as Record<string, unknown>;
  return ["admins", "members"].flatMap((section) =>
    ["names", "roles"].flatMap((kind) => {
      const list = (sections[section] as Record<string, unknown> | undefined)?.[kind];
      const fine = list === undefined || (Array.isArray(list) && list.every((item) => typeof item === "string"));
      return fine ? [] : [{ property: `security.${section}.${kind}`, reason: "give a list of texts" }];
    }),
  );
}
