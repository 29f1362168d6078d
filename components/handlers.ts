/**
 * What the serialised shim of every dynamic resource calls (`require("pulumi-couch/dynamic")`). The exported names
 * and their parameters, and the names in the table, are a contract with every state file ever written: add, never change.
 */
import { type Served, serve } from "./dynamic/serve";

/** The handlers by name. Each is loaded when it is first called: most stacks use few of them. */
const handlers: Readonly<Record<string, () => Served>> = {
  couchDbMembership: () => {
    const room: typeof import("./couchdb/membership/handler") = require("./couchdb/membership/handler");
    return serve(room.membershipHandler);
  },
  couchDbCredentials: () => {
    const room: typeof import("./couchdb/credentials/handler") = require("./couchdb/credentials/handler");
    return serve(room.credentialsHandler);
  },
  couchDbDatabase: () => {
    const room: typeof import("./couchdb/database/handler") = require("./couchdb/database/handler");
    return serve(room.databaseHandler);
  },
  couchDbPreflight: () => {
    const room: typeof import("./couchdb/preflight/handler") = require("./couchdb/preflight/handler");
    return serve(room.preflightHandler);
  },
  volumeClaims: () => {
    const room: typeof import("./couchdb/claims/handler") = require("./couchdb/claims/handler");
    return serve(room.volumeClaimsHandler);
  },
  serverCertificate: () => {
    const room: typeof import("./kubernetes/server-certificate/handler") = require("./kubernetes/server-certificate/handler");
    return serve(room.certificateHandler());
  },
};

/** The names of all handlers. */
export const handlerNames: readonly string[] = Object.keys(handlers);

const loaded = new Map<string, Served>();

function handler(name: string): Served {
  const known = loaded.get(name) ?? handlers[name]?.();
  if (!known)
    throw new Error(`this version of pulumi-couch has no handler ${name}; install the one that wrote the state`);
  loaded.set(name, known);
  return known;
}

type Properties = Record<string, unknown>;

export const check = async (name: string, olds: Properties, news: Properties) => handler(name).check(olds, news);
export const diff = async (name: string, id: string, olds: Properties, news: Properties) =>
  handler(name).diff(id, olds, news);
export const create = async (name: string, inputs: Properties) => handler(name).create(inputs);
export const read = async (name: string, id: string, props: Properties) => handler(name).read(id, props);
export const update = async (name: string, id: string, olds: Properties, news: Properties) =>
  handler(name).update(id, olds, news);
const remove = async (name: string, id: string, props: Properties) => handler(name).delete(id, props);

export { remove as delete };
