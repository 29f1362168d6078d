import { urlProblem } from "../../clients/connection";
import { podUrlProblem } from "../../clients/kubernetes/reach";
import { checkReach } from "../../clients/kubernetes/reach-check";
import { checkTls } from "../../clients/tls-check";
import { checkOptionalBoolean, checkOptionalInteger, checkOptionalObject, checkText } from "../../dynamic/check";
import type { CheckFailure } from "../../dynamic/handler";
import { isUnknown, unknown } from "../../dynamic/unknown";
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
    ...checkOptionalBoolean("partitioned", inputs.partitioned),
    ...checkOptionalBoolean("forceDestroy", inputs.forceDestroy),
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
    return [{ property: "connection", reason: "give the connection of a Membership, or urls, user and password" }];
  const known = Array.isArray(urls) ? urls : [];
  const arePods = kubernetes !== undefined && kubernetes !== null;
  const problem = (url: string) => urlProblem(url) ?? (arePods ? podUrlProblem(url) : undefined);
  return [
    ...known.flatMap((url, index) => checkText(`connection.urls[${index}]`, url, problem)),
    ...checkTls("connection.tls", tls),
    ...checkReach("connection.kubernetes", kubernetes),
  ];
}

const securityLists = ["names", "roles"];

/** Strict, because what CouchDB finds no members in is open to everybody. */
function checkSecurity(security: unknown): CheckFailure[] {
  return checkOptionalObject("security", security, ["admins", "members"], (section, group) =>
    checkOptionalObject(section, group, securityLists, (property, list) => {
      const fine = isUnknown(list) || (Array.isArray(list) && list.every((item) => typeof item === "string"));
      return fine ? [] : [{ property, reason: "give a list of texts" }];
    }),
  );
}
