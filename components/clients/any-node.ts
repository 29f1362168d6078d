import type { Connection } from "./connection";
import { CouchDbClient } from "./couchdb";
import { CouchDbError } from "./couchdb-error";

/** A client of the first node that answers: any member of a cluster can be asked for what is in it. */
export async function anyNode(connection: Connection): Promise<CouchDbClient> {
  let unreachable: CouchDbError | undefined;
  for (const url of connection.urls) {
    const client = new CouchDbClient(url, connection);
    try {
      await probe(client, connection);
      return client;
    } catch (error) {
      if (!(error instanceof CouchDbError)) throw error;
      if (error.failure === "unauthorized") throw error;
      unreachable = CouchDbError.hasStatus(error, 404) && error.error === undefined ? notServing(error) : error;
    }
  }
  throw unreachable ?? new Error("the connection names no node; give at least one URL");
}

/** How long a refused password is not tried again. */
const refusalMilliseconds = 2_000;

const probes = new Map<string, Promise<unknown>>();

/**
 * Asks whether a node answers and takes the password: once for all resources that want to know at the same time, as
 * one wrong password for each of them would lock the account.
 */
function probe(client: CouchDbClient, { user, password, tls, kubernetes }: Connection): Promise<unknown> {
  const key = JSON.stringify([client.url, user, password, tls, kubernetes]);
  const running = probes.get(key);
  if (running) return running;
  const started = client.request({ path: "_up", timeout: 5_000 });
  const forget = () => void probes.delete(key);
  probes.set(key, started);
  started.then(forget, (error: CouchDbError) => {
    if (error.failure === "unauthorized") setTimeout(forget, refusalMilliseconds).unref();
    else forget();
  });
  return started;
}

function notServing({ node, request, status }: CouchDbError): CouchDbError {
  const detail =
    `answered ${status}: it takes no requests; end its maintenance ([couchdb] maintenance_mode), or let it find the ` +
    "nodes of its [cluster] seedlist; if it is no CouchDB node, check the URL";
  return new CouchDbError("refused", node, request, detail, status);
}
