import type { V1ConfigMap, V1EndpointSlice, V1Secret, V1StatefulSet } from "../../../clients/kubernetes/client-library";
import type { ApiServer } from "../../../runtime/api-server";
import type { Json, Stored, StoredList } from "../../../runtime/json";

/** What is read of the Kubernetes API, by the names of objects in the pod's namespace. */
export interface KubernetesApi {
  statefulSet(name: string): Promise<Stored<V1StatefulSet>>;
  /** The EndpointSlices of a Service: at least one. */
  endpointSlices(service: string): Promise<Json<V1EndpointSlice>[]>;
  /** Values of a ConfigMap by key. */
  configMap(name: string): Promise<Record<string, string>>;
  /** Values of a Secret by key, decoded. */
  secret(name: string): Promise<Record<string, string>>;
}

/** A response of the API that is not a success, or none at all. */
export class KubernetesError extends Error {
  constructor(
    message: string,
    /** Status of the response, if there was one. */
    readonly status?: number,
  ) {
    super(message);
    this.name = "KubernetesError";
  }
}

/** For one request, in milliseconds. */
const timeout = 5_000;

/** The label by which a Service's EndpointSlices are found. */
const serviceLabel = "kubernetes.io/service-name";

/** Reads objects of a namespace. Each call may throw a KubernetesError. */
export function kubernetesApi(server: ApiServer, namespace: string): KubernetesApi {
  const read = async <T>(what: string, path: string, verb = "get"): Promise<T> => {
    const about = `the Kubernetes API: GET ${what}`;
    const request = { method: "GET", path, deadline: performance.now() + timeout } as const;
    const { status, text } = await server.request(request).catch((error: Error) => {
      throw new KubernetesError(`${about}: ${error.message}`);
    });
    if (status !== 200) throw new KubernetesError(`${about}: answered ${status}${hintFor(status, verb)}`, status);
    return JSON.parse(text) as T;
  };
  const under = (group: string) => `${group}/namespaces/${namespace}`;
  const core = under("/api/v1");

  return {
    statefulSet: (name) => read(`StatefulSet ${name}`, `${under("/apis/apps/v1")}/statefulsets/${name}`),
    endpointSlices: async (service) => {
      const what = `EndpointSlices of the Service ${service}`;
      const query = `labelSelector=${encodeURIComponent(`${serviceLabel}=${service}`)}`;
      const path = `${under("/apis/discovery.k8s.io/v1")}/endpointslices?${query}`;
      const { items } = await read<StoredList<V1EndpointSlice>>(what, path, "list");
      // Even a Service without pods has one.
      if (!items?.length) throw new KubernetesError(`the Kubernetes API: GET ${what}: there are none`, 404);
      return items;
    },
    configMap: async (name) =>
      (await read<Stored<V1ConfigMap>>(`ConfigMap ${name}`, `${core}/configmaps/${name}`)).data ?? {},
    secret: async (name) => {
      const { data = {} } = await read<Stored<V1Secret>>(`Secret ${name}`, `${core}/secrets/${name}`);
      return Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
      );
    },
  };
}

function hintFor(status: number, verb: string): string {
  switch (status) {
    case 401:
      return ": the ServiceAccount's token is not accepted";
    case 403:
      return `: not allowed; the pod's ServiceAccount needs a Role with the verb ${verb} on it`;
    case 404:
      return ": not found";
    default:
      return "";
  }
}
