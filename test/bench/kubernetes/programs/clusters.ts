/** As many clusters of one node. */
import * as couch from "../../../../components";

export function declare({ count, ...args }: { count: number } & couch.CouchDbClusterArgs) {
  for (let index = 0; index < count; index++)
    new couch.CouchDbCluster(`cluster-${index}`, { replicas: 1, spread: couch.Spread.None, ...args });
}
