/**
 * What the serialised shim of every dynamic resource calls (`require("pulumi-couch/dynamic")`). The exported names
 * and their parameters are a contract with every state file ever written: add, never change.
 */
import { volumeClaimsHandler } from "../couchdb/claims/handler";
import { credentialsHandler } from "../couchdb/credentials/handler";
import { membershipHandler } from "../couchdb/membership/handler";
import { preflightHandler } from "../couchdb/preflight/handler";
import { databaseHandler } from "../data/database/handler";
import { certificateHandler } from "../reschedule/certificate/handler";
import { serve } from "./serve";

const handlers = {
  membership: serve(membershipHandler),
  adminCredentials: serve(credentialsHandler),
  database: serve(databaseHandler),
  preflight: serve(preflightHandler),
  volumeClaims: serve(volumeClaimsHandler),
  webhookCertificate: serve(certificateHandler()),
};

/** The kinds of dynamic resource. A name, once used, stays: it stands in state files. */
export type HandlerName = keyof typeof handlers;

/** All of them. */
export const handlerNames = Object.keys(handlers) as HandlerName[];

type Properties = Record<string, unknown>;

export const check = (name: HandlerName, olds: Properties, news: Properties) => handlers[name].check(olds, news);
export const diff = (name: HandlerName, id: string, olds: Properties, news: Properties) =>
  handlers[name].diff(id, olds, news);
export const create = (name: HandlerName, inputs: Properties) => handlers[name].create(inputs);
export const read = (name: HandlerName, id: string, props: Properties) => handlers[name].read(id, props);
export const update = (name: HandlerName, id: string, olds: Properties, news: Properties) =>
  handlers[name].update(id, olds, news);
const remove = (name: HandlerName, id: string, props: Properties) => handlers[name].delete(id, props);

export { remove as delete };
