/** The cluster with its own sidecar, whose program is replaced by another. */
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as couch from "../../../../components";

export function declare({ program, ...args }: { program: string } & couch.CouchDbClusterArgs) {
  const transform: pulumi.ResourceTransform = ({ name, type, props, opts }) => {
    if (type.endsWith(":ConfigMap") && name === "couchdb-discover-program") {
      const [file] = Object.keys(props.data);
      return { props: { ...props, data: { [file!]: program } }, opts };
    }
    if (type.endsWith(":StatefulSet"))
      return { props: { ...props, spec: pulumi.output(props.spec).apply(oneByOne) }, opts };
    return undefined;
  };
  const cluster = new couch.CouchDbCluster(
    "couchdb",
    { spread: couch.Spread.None, join: couch.Join.Sidecar, ...args },
    { transforms: [transform] },
  );
  return { members: cluster.membership.members };
}

type StatefulSetSpec = kubernetes.types.output.apps.v1.StatefulSetSpec;

/** As couchdiscover needs it: a last node that finishes the cluster before the others are added leaves them out for good. */
function oneByOne(spec: StatefulSetSpec): StatefulSetSpec {
  const { containers, ...podSpec } = spec.template.spec;
  const [couchdb, { readinessProbe: _, livenessProbe: __, ...sidecar }] = containers as [
    (typeof containers)[0],
    (typeof containers)[0],
  ];
  const template = { ...spec.template, spec: { ...podSpec, containers: [couchdb, sidecar] } };
  return { ...spec, podManagementPolicy: "OrderedReady", template } as StatefulSetSpec;
}
