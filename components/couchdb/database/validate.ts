import { urlProblem } from "../../clients/couchdb/connection";
import { validateTls } from "../../clients/couchdb/validate-tls";
import { podUrlProblem } from "../../clients/kubernetes/access";
import { validateKubernetesAccess } from "../../clients/kubernetes/validate-access";
import type { CheckFailure } from "../../dynamic/handler";
import { isUnknown, unknown } from "../../dynamic/unknown";
import {
  validateOptionalBoolean,
  validateOptionalInteger,
  validateOptionalObject,
  validateText,
} from "../../validation/fields";
import type { DatabaseInputs } from "./inputs";

const systemDatabases = ["_users", "_replicator", "_global_changes"];

/** Longest database name that CouchDB takes: its file name gets a suffix, and file systems allow 255 bytes. */
const longestName = 238;

/** What is wrong with the arguments of a `CouchDbDatabase`, as far as they are known at preview. */
export function validateDatabase(inputs: DatabaseInputs): CheckFailure[] {
  return [
    ...validateText("name", inputs.name, nameProblem),
    ...validateOptionalInteger("q", inputs.q, 1, 1024),
    ...validateOptionalInteger("n", inputs.n, 1, 100),
    ...validateOptionalBoolean("partitioned", inputs.partitioned),
    ...validateOptionalBoolean("forceDestroy", inputs.forceDestroy),
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
  if (connection === unknown) return [];
  const { urls, user, password, tls, kubernetes } = (connection ?? {}) as Record<string, unknown>;
  const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
  const complete = (urls === unknown || Array.isArray(urls)) && isText(user) && isText(password);
  if (!complete || urls.length === 0)
    return [
      { property: "connection", reason: "give the connection of a CouchDbMembership, or urls, user and password" },
    ];
  const known = Array.isArray(urls) ? urls : [];
  const arePods = kubernetes !== undefined && kubernetes !== null;
  const problem = (url: string) => urlProblem(url) ?? (arePods ? podUrlProblem(url) : undefined);
  return [
    ...known.flatMap((url, index) => validateText(`connection.urls[${index}]`, url, problem)),
    ...validateTls("connection.tls", tls),
    ...validateKubernetesAccess("connection.kubernetes", kubernetes),
  ];
}

const securityLists = ["names", "roles"];

/** Strict, because what CouchDB finds no members in is open to everybody. */
function checkSecurity(security: unknown): CheckFailure[] {
  return validateOptionalObject("security", security, ["admins", "members"], (section, group) =>
    validateOptionalObject(section, group, securityLists, (property, list) => {
      const fine = isUnknown(list) || (Array.isArray(list) && list.every((item) => typeof item === "string"));
      return fine ? [] : [{ property, reason: "give a list of texts" }];
    }),
  );
}
