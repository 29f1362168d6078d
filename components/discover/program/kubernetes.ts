import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { Agent, get } from "node:https";
import { join } from "node:path";
import { apiServerCheck } from "../../clients/program/api-server-check";

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

/** Where a pod finds the API server, and what it shows to it. */
export interface InClusterSettings {
  host: string;
  port: string;
  /** Folder with `token` and `ca.crt`. */
  account: string;
}

const timeout = 5_000;

/** The API as a pod reaches it, with its ServiceAccount's token. */
export function inClusterApi({ host, port, account }: InClusterSettings, namespace: string): KubernetesApi {
  const agent = new Agent({ keepAlive: true, maxSockets: 2 });

  const answer = async (path: string): Promise<{ status: number; text: string }> => {
    // Read each time: the token is valid for an hour, and the kubelet writes a new one before that.
    const token = readFileSync(join(account, "token"), "utf8").trim();
    const ca = readFileSync(join(account, "ca.crt"));
    const headers = { accept: "application/json", authorization: `Bearer ${token}` };
    const signal = AbortSignal.timeout(timeout);
    const request = get({ host, port, path, agent, ca, ...apiServerCheck, headers, signal });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
  };

  const ask = async <T>(resource: string, path: string): Promise<T> => {
    const about = `the Kubernetes API: GET ${resource}`;
    const { status, text } = await answer(path).catch((error: Error) => {
      const late = error.name === "AbortError" || error.name === "TimeoutError";
      throw new KubernetesError(`${about}: ${late ? "no answer in time" : error.message}`);
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
