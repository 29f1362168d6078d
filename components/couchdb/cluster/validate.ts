import { coerce, lt } from "semver";
import { Spread } from "../../kubernetes/spread";
import { choiceProblem, isIntegerIn, shown, textProblem, type Validator } from "../../validation/arguments";
import { oldestVersion } from "../join/rejections";
import { mostReplicas } from "../preflight/validate";
import { type CouchDbClusterArgs, Join } from "./args";

export function replicasProblem(replicas: number): string | undefined {
  if (isIntegerIn(replicas, 1, mostReplicas)) return undefined;
  return `${shown(replicas)} is not a valid number of nodes; give 1, 3 or more, up to ${mostReplicas}`;
}

export function imageProblem(image: string): string | undefined {
  if (typeof image !== "string" || image === "" || /\s/.test(image))
    return "this is not a valid image; give it as couchdb:TAG or couchdb@sha256:…";
  const version = imageVersion(image);
  if (version === undefined || !lt(version, oldestVersion)) return undefined;
  return `${image} lets anybody take over its nodes (CVE-2022-24706); give ${oldestVersion} or newer`;
}

/** CouchDB's version by the tag of its own image: `couchdb:3.5.1` → `3.5.1`. Other images have versions of their own. */
export function imageVersion(image: string): string | undefined {
  const tag = /(?:^|\/)couchdb:(\d+(?:\.\d+){0,2})(?:-[\w.-]+)?$/.exec(image.replace(/@.*$/, ""))?.[1];
  // A tag of one or two numbers is the newest of these.
  if (tag === undefined) return undefined;
  return tag.split(".").length === 3 ? coerce(tag)?.version : coerce(`${tag}.999`)?.version;
}

export const joinProblem = choiceProblem(Join);
export const spreadProblem = choiceProblem(Spread);

export function graceProblem(graceSeconds: number): string | undefined {
  if (isIntegerIn(graceSeconds, 1)) return undefined;
  return `${shown(graceSeconds)} is not a whole number of seconds; give 1 or more`;
}

export function drainProblem(drainSeconds: number, graceSeconds: number): string | undefined {
  if (typeof drainSeconds !== "number" || !(drainSeconds >= 0))
    return `${shown(drainSeconds)} is not a number of seconds; give 0 or more`;
  if (drainSeconds < graceSeconds) return undefined;
  return `${drainSeconds} s leave no time for stopping within terminationGraceSeconds (${graceSeconds} s); give less`;
}

/** The start script in CouchDB's image looks for an administrator by this pattern, and fails without one. */
export function usernameProblem(username: string): string | undefined {
  if (/^[^;]\w/.test(username)) return undefined;
  return "CouchDB's image rejects a name whose second character is not a letter, digit or _; give another name";
}

/** Two owners of one Secret would overwrite it, and the first to go would take it along. */
export function secretNameProblem(made: readonly string[]): Validator<string> {
  return (given) =>
    textProblem(given) ??
    (made.includes(given) ? `a Secret ${given} is made for this cluster; give yours another name` : undefined);
}

/** Rejects an argument without effect. */
export function sidecarProblem({ join, sidecar }: CouchDbClusterArgs): string | undefined {
  if (sidecar === undefined || join === Join.Sidecar) return undefined;
  return `there is no sidecar; give join: "${Join.Sidecar}", or leave it out`;
}

/** Rejects an argument without effect. */
export function credentialsProblem({ credentials, adminSecret }: CouchDbClusterArgs): string | undefined {
  if (!adminSecret || !credentials) return undefined;
  const given = (["adminUser", "adminPassword"] as const).filter((name) => credentials[name] !== undefined);
  if (given.length === 0) return undefined;
  return `${given.join(" and ")} can't be given beside adminSecret, which has them; leave one or the other out`;
}

/** Variables that the component or CouchDB's image sets, and what the user can do instead. */
const reserved: Record<string, string> = {
  POD_NAME: "it is the component's own",
  POD_NAMESPACE: "it is the component's own",
  NODENAME: "nodes are named by their pods",
  COUCHDB_ERLANG_COOKIE: "give credentials.erlangCookie",
  COUCHDB_SECRET: "give credentials.cookieSecret",
  COUCHDB_USER: "give credentials.adminUser",
  COUCHDB_PASSWORD: "give credentials.adminPassword",
  ERL_FLAGS: "give erlangFlags",
  COUCHDB_CLUSTER_SIZE: "give replicas",
};

export function environmentProblem(variables: unknown): string | undefined {
  if (!Array.isArray(variables)) return "give a list of variables: [{ name: NAME, value: VALUE }]";
  const names = (variables as ({ name?: unknown } | undefined)[]).map((variable) => variable?.name);
  for (const [index, name] of names.entries()) {
    if (typeof name !== "string" || name === "") return "each variable must have a name";
    if (Object.hasOwn(reserved, name)) return `${name} can't be set here: ${reserved[name]}`;
    if (names.indexOf(name) < index) return `${name} is given twice; leave one out`;
  }
  return undefined;
}
