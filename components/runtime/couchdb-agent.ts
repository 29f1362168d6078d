import { Agent } from "node:https";
import type { CouchDbConnection } from "../clients/couchdb/connection";

/**
 * What `#couchdb-agent` is in a bundled program (see `imports` in package.json), in place of
 * `clients/couchdb/agent`: a program runs inside the cluster, so it needs nothing that reaches in from outside, and
 * speaks to nodes through `fetch` beside this file.
 */
export function agentFor({ tls }: Pick<CouchDbConnection, "tls">): Agent | undefined {
  return tls && new Agent({ ...tls, keepAlive: true });
}
