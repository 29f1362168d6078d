/** The cluster with its own sidecar, whose program is replaced by another. */
import type * as pulumi from "@pulumi/pulumi";
import * as couch from "../../../../components";

export function declare({ program, ...args }: { program: string } & couch.CouchDbClusterArgs) {
  const transform: pulumi.ResourceTransform = ({ name, type, props, opts }) => {
    if (!type.endsWith(":ConfigMap") || name !== "couchdb-discover-program") return undefined;
    const [file] = Object.keys(props.data);
    return { props: { ...props, data: { [file!]: program } }, opts };
  };
  const cluster = new couch.CouchDbCluster(
    "couchdb",
    { spread: couch.Spread.None, join: couch.Join.Sidecar, ...args },
    { transforms: [transform] },
  );
  return { members: cluster.membership.members };
}
