/** The example `couchdb-kubernetes`, all nodes of which fit on one host, with these arguments besides. */
import * as couch from "../../../../components";

export function declare(args: couch.CouchDbClusterArgs) {
  const cluster = new couch.CouchDbCluster("couchdb", { spread: couch.Spread.None, ...args });
  return { url: cluster.url, members: cluster.membership.members };
}
