/**
 * What the serialised shim of every dynamic resource calls (`require("pulumi-couch/dynamic")`). The exported names
 * and their parameters, and the names in the table, are a contract with every state file ever written: add, never change.
 */
import type { Handler } from "./dynamic/handler";
import { type Served, serve } from "./dynamic/serve";

/** The handlers by name. Each is loaded when it is first called: most stacks use few of them. */
const handlers = {
  couchDbMembership: lazy(async () => (await import("./couchdb/membership/handler.js")).membershipHandler),
  couchDbCredentials: lazy(async () => (await import("./couchdb/credentials/handler.js")).credentialsHandler),
  couchDbDatabase: lazy(async () => (await import("./couchdb/database/handler.js")).databaseHandler),
  couchDbPreflight: lazy(async () => (await import("./couchdb/preflight/handler.js")).preflightHandler),
  volumeClaims: lazy(async () => (await import("./couchdb/claims/handler.js")).volumeClaimsHandler),
  serverCertificate: lazy(async () =>
    (await import("./kubernetes/server-certificate/handler.js")).certificateHandler(),
  ),
} as const satisfies Readonly<Record<string, () => Promise<Served>>>;

/** The names of all handlers. */
export const handlerNames: readonly string[] = Object.keys(handlers);

function lazy<Inputs, Outputs>(load: () => Promise<Handler<Inputs, Outputs>>): () => Promise<Served> {
  let loading: Promise<Served> | undefined;
  return () => {
    loading ??= load().then(serve);
    return loading;
  };
}

async function handler(name: string): Promise<Served> {
  if (Object.hasOwn(handlers, name)) return handlers[name as keyof typeof handlers]();
  throw new Error(
    `this version of pulumi-couch has no handler ${name}: another version wrote the state; install that one, or a newer one`,
  );
}

type Properties = Record<string, unknown>;

/** Validates inputs. */
export const check = async (name: string, olds: Properties, news: Properties) =>
  (await handler(name)).check(olds, news);
/** Compares new inputs with what state has. */
export const diff = async (name: string, id: string, olds: Properties, news: Properties) =>
  (await handler(name)).diff(id, olds, news);
/** Creates the resource. */
export const create = async (name: string, inputs: Properties) => (await handler(name)).create(inputs);
/** Reads the resource as it is now. */
export const read = async (name: string, id: string, props: Properties) => (await handler(name)).read(id, props);
/** Updates the resource. */
export const update = async (name: string, id: string, olds: Properties, news: Properties) =>
  (await handler(name)).update(id, olds, news);
const remove = async (name: string, id: string, props: Properties) => (await handler(name)).delete(id, props);

export { remove as delete };
