import { Agent } from "node:https";
import type { CouchDbConnection } from "../clients/couchdb/connection";

/**
 * Stands in for `../agent` in bundled programs, without what reaches into a Kubernetes cluster from outside: they run
 * inside, and speak to nodes through `fetch` beside this file.
 */
export function agentFor({ tls }: Pick<CouchDbConnection, "tls">): Agent | undefined {
  return tls && new Agent({ ...tls, keepAlive: true });
}
