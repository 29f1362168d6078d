/** Ports of a node. */
export const ports = { http: 5984, https: 6984, epmd: 4369, distribution: 9100, metrics: 17986 } as const;

/** Names of a cluster's Kubernetes objects. Not generated: the names of the pods, hence of the nodes, follow from them. */
export function objectNames(name: string) {
  return {
    statefulSet: name,
    clientService: name,
    headlessService: `${name}-nodes`,
    adminSecret: `${name}-admin`,
    nodeSecret: `${name}-node`,
    config: `${name}-config`,
    serviceAccount: name,
  };
}

/** Where a cluster's nodes live. It can't change. */
export interface Place {
  /** Name of the StatefulSet. */
  statefulSet: string;
  /** Name of the headless Service. */
  headlessService: string;
  namespace: string;
  /** Domain of the Kubernetes cluster. */
  clusterDomain: string;
}

/** A node as the others know it. */
export interface NodeName {
  /** Its own URL inside the Kubernetes cluster. */
  url: string;
  /** Its Erlang name. */
  name: string;
}

/** The nodes in the order of their ordinals. */
export function nodesOf(place: Place, replicas: number): NodeName[] {
  return Array.from({ length: replicas }, (_, ordinal) => {
    const host = `${place.statefulSet}-${ordinal}.${place.headlessService}.${place.namespace}.svc.${place.clusterDomain}`;
    return { url: `http://${host}:${ports.http}`, name: `couchdb@${host}` };
  });
}

/** The URL of the Service for clients. */
export function clientUrl(host: string, tls: boolean): string {
  return tls ? `https://${host}:${ports.https}` : `http://${host}:${ports.http}`;
}
