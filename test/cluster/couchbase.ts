import type { TestCluster } from "../testbed";

/**
 * Makes the kind CouchbaseCluster known, with whatever fields, until the test is over; leaves it alone where it is known.
 * Tests that use it lie in `serial`, so that none takes it away from another.
 */
export async function couchbaseKind(api: TestCluster, test: { after(end: () => unknown): void }): Promise<void> {
  const name = "couchbaseclusters.couchbase.com";
  if ((await api.kubectl("get", "crd", name, "--ignore-not-found")) !== "") return;
  const anything = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  test.after(() => api.kubectl("delete", "crd", name));
  await api.apply("default", [
    {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name },
      spec: {
        group: "couchbase.com",
        scope: "Namespaced",
        names: { kind: "CouchbaseCluster", plural: "couchbaseclusters", singular: "couchbasecluster" },
        versions: [{ name: "v2", served: true, storage: true, schema: { openAPIV3Schema: anything } }],
      },
    },
  ]);
  await api.kubectl("wait", "--for=condition=Established", `crd/${name}`, "--timeout=300s");
}

/** A cluster of Couchbase's operator, as its own definition of the kind accepts it. */
export function couchbaseCluster(name: string, spec: object, annotations: object = {}): object {
  return {
    apiVersion: "couchbase.com/v2",
    kind: "CouchbaseCluster",
    metadata: { name, annotations },
    spec: {
      image: "couchbase/server:7.6.0",
      security: { adminSecret: "admin" },
      servers: [{ name: "all", services: ["data"], size: 1 }],
      ...spec,
    },
  };
}
