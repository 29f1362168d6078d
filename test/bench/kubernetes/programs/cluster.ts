/** The example `couchdb-kubernetes`, three nodes of which fit on one host. */
import * as couch from "../../../../components";

export function declare({ namespace, join }: { namespace: string; join: string }) {
  const cluster = new couch.CouchDbCluster("couchdb", { namespace, join, spread: "none" });
  return { url: cluster.url, members: cluster.membership.members };
}
