import { readFileSync } from "node:fs";
import type { Log } from "../../../runtime/log";
import { ContainerEnvironment, couchDbContainer, portOf } from "./environment";
import { type KubernetesApi, KubernetesError, type StatefulSet } from "./kubernetes";

/** Environment variables of this process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What this program goes by; found anew on every round, as all of it may change. */
export interface Configuration {
  adminUser: string;
  adminPassword: string;
  port: number;
  /** Ordinals of the pods whose nodes shall be members, ascending. */
  ordinals: number[];
  /** Whether Kubernetes makes a pod only when those before it are ready. */
  oneByOne: boolean;
}

/** In the order in which they are looked for. The second of each is what CouchDB's own image takes. */
const userNames = ["COUCHDB_ADMIN_USER", "COUCHDB_USER"];
const passwordNames = ["COUCHDB_ADMIN_PASS", "COUCHDB_PASSWORD"];
const sizeName = "COUCHDB_CLUSTER_SIZE";

/** All that is looked up in the environment of CouchDB's container. */
export const lookedUp: readonly string[] = [...userNames, ...passwordNames, sizeName];

/** What applies if nobody says anything. Known to everybody, hence the warning. */
const defaults = { user: "admin", password: "secret" };

/** What the StatefulSet, this container's environment and CouchDB's say. */
export async function configurationOf(
  statefulSet: StatefulSet,
  environment: Environment,
  api: KubernetesApi,
  log: Log,
): Promise<Configuration> {
  const container = couchDbContainer(statefulSet.metadata.name, statefulSet.spec.template.spec.containers) ?? {
    name: "",
  };
  const theirs = new ContainerEnvironment(container, api);
  const user = await lookUp(userNames, environment, theirs);
  const password = await lookUp(passwordNames, environment, theirs);
  if (password === undefined)
    log("warning", "no COUCHDB_ADMIN_PASS is to be found; trying the default password, which everybody knows");

  const { replicas = 1, podManagementPolicy = "OrderedReady", ordinals } = statefulSet.spec;
  const size = sizeOf(environment[sizeName] ?? (await theirSize(theirs, log)), replicas, log);
  const start = ordinals?.start ?? 0;
  return {
    adminUser: user ?? defaults.user,
    adminPassword: password ?? defaults.password,
    port: portOf(container),
    ordinals: Array.from({ length: size }, (_, index) => start + index),
    oneByOne: podManagementPolicy === "OrderedReady",
  };
}

/** A mounted file goes before a variable, as it can change; this container before CouchDB's. */
async function lookUp(
  names: readonly string[],
  own: Environment,
  theirs: ContainerEnvironment,
): Promise<string | undefined> {
  const file = own[`${names[0]}_FILE`];
  if (file) return readFileSync(file, "utf8").replace(/\r?\n$/, "");
  const given = names.map((name) => own[name]).find((value) => value);
  if (given) return given;
  let forbidden: unknown;
  for (const name of names) {
    try {
      const value = await theirs.value(name);
      if (value) return value;
    } catch (error) {
      if (!isForbidden(error)) throw error;
      // What may not be read need not be what has the value: the container may have it by the other name.
      forbidden ??= error;
    }
  }
  if (forbidden !== undefined) throw forbidden;
  return undefined;
}

/** A ConfigMap or Secret that may not be read as a rule has other things; a size is rarely given. */
async function theirSize(theirs: ContainerEnvironment, log: Log): Promise<string | undefined> {
  try {
    return await theirs.value(sizeName);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    log("warning", `${(error as Error).message}. Taking it that COUCHDB_CLUSTER_SIZE is not set there`);
    return undefined;
  }
}

function isForbidden(error: unknown): boolean {
  return error instanceof KubernetesError && error.status === 403;
}

function sizeOf(text: string | undefined, replicas: number, log: Log): number {
  if (text === undefined || text.trim() === "") return replicas;
  if (/^\d{1,4}$/.test(text.trim()) && Number(text) > 0) return Number(text);
  log("warning", "COUCHDB_CLUSTER_SIZE is no number of nodes; going by the StatefulSet's replicas", { replicas });
  return replicas;
}
