import { CouchDbClient } from "./client";
import type { CouchDbConnection } from "./connection";
import { CouchDbError } from "./error";

/** A client of the first node that answers: any member of a cluster can be asked for what is in it. */
export async function anyNode(connection: CouchDbConnection): Promise<CouchDbClient> {
  let unreachable: CouchDbError | undefined;
  for (const url of connection.urls) {
    const client = new CouchDbClient(url, connection);
    try {
      await client.request({ path: "_up", timeout: 5_000 });
      return client;
    } catch (error) {
      if (!(error instanceof CouchDbError)) throw error;
      if (error.failure === "unauthorized") throw error;
      unreachable = CouchDbError.hasStatus(error, 404) && error.error === undefined ? notServing(error) : error;
    }
  }
  throw unreachable ?? new Error("the connection names no node; give at least one URL");
}

function notServing({ node, request, status }: CouchDbError): CouchDbError {
  const detail =
    `answered ${status}: it takes no requests; end its maintenance ([couchdb] maintenance_mode), or let it find the ` +
    "nodes of its [cluster] seedlist; if it is not a CouchDB node, check the URL";
  return new CouchDbError("failed", node, request, detail, status);
}
