import type { ApiServer } from "../../../runtime/api-server";

/** One entry of a container's `env`. */
export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: { configMapKeyRef?: KeyReference; secretKeyRef?: KeyReference };
}

/** A key of a ConfigMap or Secret. */
export interface KeyReference {
  name: string;
  key: string;
  optional?: boolean;
}

/** One entry of a container's `envFrom`. */
export interface EnvFrom {
  prefix?: string;
  configMapRef?: { name: string; optional?: boolean };
  secretRef?: { name: string; optional?: boolean };
}

/** What of a container is looked at. */
export interface Container {
  name: string;
  image?: string;
  env?: EnvVar[];
  envFrom?: EnvFrom[];
  ports?: { name?: string; containerPort: number }[];
}

/** What of a StatefulSet is looked at. */
export interface StatefulSet {
  metadata: { name: string };
  spec: {
    replicas?: number;
    podManagementPolicy?: string;
    ordinals?: { start?: number };
    template: { spec: { containers: Container[] } };
  };
}

/** What of a Service's Endpoints is looked at. */
export interface Endpoints {
  subsets?: { addresses?: EndpointAddress[]; notReadyAddresses?: EndpointAddress[] }[];
}

interface EndpointAddress {
  hostname?: string;
  targetRef?: { name?: string; uid?: string };
}

/** The few things that are asked of the Kubernetes API. */
export interface KubernetesApi {
  statefulSet(name: string): Promise<StatefulSet>;
  endpoints(service: string): Promise<Endpoints>;
  /** Values by key. */
  configMap(name: string): Promise<Record<string, string>>;
  /** Values by key, decoded. */
  secret(name: string): Promise<Record<string, string>>;
}

/** An answer of the API that is no success, or none at all. */
export class KubernetesError extends Error {
  constructor(
    message: string,
    readonly status?: number,
  ) {
    super(message);
    this.name = "KubernetesError";
  }
}

const timeout = 5_000;

/** The few things that are asked, by the names of objects in a namespace. */
export function kubernetesApi(server: ApiServer, namespace: string): KubernetesApi {
  const ask = async <T>(resource: string, path: string): Promise<T> => {
    const about = `the Kubernetes API: GET ${resource}`;
    const question = { method: "GET", path, deadline: performance.now() + timeout } as const;
    const { status, text } = await server.ask(question).catch((error: Error) => {
      throw new KubernetesError(`${about}: ${error.message}`);
    });
    if (status !== 200) throw new KubernetesError(`${about}: answered ${status}${hintFor(status)}`, status);
    return JSON.parse(text) as T;
  };

  const core = `/api/v1/namespaces/${namespace}`;
  return {
    statefulSet: (name) => ask(`StatefulSet ${name}`, `/apis/apps/v1/namespaces/${namespace}/statefulsets/${name}`),
    endpoints: (service) => ask(`Endpoints ${service}`, `${core}/endpoints/${service}`),
    configMap: async (name) =>
      (await ask<{ data?: Record<string, string> }>(`ConfigMap ${name}`, `${core}/configmaps/${name}`)).data ?? {},
    secret: async (name) => {
      const { data = {} } = await ask<{ data?: Record<string, string> }>(`Secret ${name}`, `${core}/secrets/${name}`);
      return Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
      );
    },
  };
}

function hintFor(status: number): string {
  switch (status) {
    case 401:
      return ": the ServiceAccount's token is not accepted";
    case 403:
      return ": not allowed; the pod's ServiceAccount needs a Role with the verb get on it";
    case 404:
      return ": there is none";
    default:
      return "";
  }
}
