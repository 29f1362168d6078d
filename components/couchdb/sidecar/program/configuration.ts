import { readFileSync } from "node:fs";
import type { V1StatefulSet } from "../../../clients/kubernetes/client-library";
import type { Environment } from "../../../runtime/environment";
import type { Stored } from "../../../runtime/json";
import type { Log } from "../../../runtime/log";
import { ContainerEnvironment, couchDbContainer, portOf } from "./environment";
import { type KubernetesApi, KubernetesError } from "./kubernetes";

/** What the nodes are joined by. Read again on every round, as all of it may change. */
export interface Configuration {
  adminUser: string;
  adminPassword: string;
  port: number;
  /** Ordinals of the pods whose nodes are to be members, ascending. */
  ordinals: number[];
  /** Whether Kubernetes creates a pod only when those before it are ready. */
  oneByOne: boolean;
}

/** In the order in which they are looked up. The second of each is what CouchDB's own image takes. */
const userNames = ["COUCHDB_ADMIN_USER", "COUCHDB_USER"];
const passwordNames = ["COUCHDB_ADMIN_PASS", "COUCHDB_PASSWORD"];
const sizeName = "COUCHDB_CLUSTER_SIZE";

/** All that is looked up in the environment of CouchDB's container. */
export const lookedUp: readonly string[] = [...userNames, ...passwordNames, sizeName];

/** Defaults of couchdiscover. Everybody knows the password, hence the warning. */
const defaults = { user: "admin", password: "secret" };

/** Reads the configuration from the StatefulSet, this container's environment and CouchDB's. */
export async function configurationOf(
  statefulSet: Stored<V1StatefulSet>,
  environment: Environment,
  api: KubernetesApi,
  log: Log,
): Promise<Configuration> {
  const { replicas = 1, podManagementPolicy = "OrderedReady", ordinals, template } = statefulSet.spec!;
  const container = couchDbContainer(statefulSet.metadata.name, template.spec!.containers) ?? { name: "" };
  const theirs = new ContainerEnvironment(container, api);
  const user = await lookUp(userNames, environment, theirs);
  const password = await lookUp(passwordNames, environment, theirs);
  if (password === undefined)
    log("warning", "COUCHDB_ADMIN_PASS is not set; trying the default password, which everybody knows");

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

/** A mounted file goes first, as it can change; then this container's variables, then those of CouchDB's. */
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
      // The container may have the value by the other name.
      forbidden ??= error;
    }
  }
  if (forbidden !== undefined) throw forbidden;
  return undefined;
}

/** A ConfigMap or Secret that may not be read usually holds other things; a size is rarely set. */
async function theirSize(theirs: ContainerEnvironment, log: Log): Promise<string | undefined> {
  try {
    return await theirs.value(sizeName);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    log("warning", `${(error as Error).message}. Assuming that COUCHDB_CLUSTER_SIZE is not set there`);
    return undefined;
  }
}

function isForbidden(error: unknown): boolean {
  return error instanceof KubernetesError && error.status === 403;
}

function sizeOf(text: string | undefined, replicas: number, log: Log): number {
  if (text === undefined || text.trim() === "") return replicas;
  if (/^\d{1,4}$/.test(text.trim()) && Number(text) > 0) return Number(text);
  log("warning", "COUCHDB_CLUSTER_SIZE is not a number of nodes; using the StatefulSet's replicas", { replicas });
  return replicas;
}
