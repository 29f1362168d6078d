import type {
  V1Container,
  V1EndpointSlice,
  V1StatefulSet,
} from "../../../components/clients/kubernetes/client-library";
import { type KubernetesApi, KubernetesError } from "../../../components/couchdb/sidecar/program/kubernetes";
import type { Json, Stored } from "../../../components/runtime/json";

/** What the double of the API knows; tests change it as they go. */
export interface ClusterState {
  statefulSet: string;
  service: string;
  replicas: number;
  start: number;
  podManagementPolicy: string;
  containers: V1Container[];
  /** Ordinals of the pods that exist, with their incarnation. */
  pods: Map<number, string>;
  /** Whether the Service lacks publishNotReadyAddresses, and no pod is ready. */
  unpublished?: boolean;
  configMaps: Record<string, Record<string, string>>;
  secrets: Record<string, Record<string, string>>;
  /** ConfigMaps and Secrets that may not be read. */
  forbidden?: string[];
  /** What was read, in order. */
  asked: string[];
}

/** Answers as the API server does, from the state. */
export class KubernetesApiDouble implements KubernetesApi {
  constructor(readonly state: ClusterState) {}

  async statefulSet(name: string): Promise<Stored<V1StatefulSet>> {
    this.state.asked.push(`statefulset ${name}`);
    if (name !== this.state.statefulSet) throw new KubernetesError(`no StatefulSet ${name}`, 404);
    const { replicas, start, podManagementPolicy, containers } = this.state;
    const metadata = { name, namespace: "test", uid: "a-uid", resourceVersion: "1", creationTimestamp: "" };
    const template = { spec: { containers } };
    return { metadata, spec: { replicas, podManagementPolicy, ordinals: { start }, selector: {}, template } };
  }

  async endpointSlices(name: string): Promise<Json<V1EndpointSlice>[]> {
    this.state.asked.push(`endpointslices ${name}`);
    if (name !== this.state.service) throw new KubernetesError(`no EndpointSlices of ${name}`, 404);
    const conditions = { ready: !this.state.unpublished, serving: false, terminating: false };
    const endpoints = [...this.state.pods].map(([ordinal, uid]) => {
      const pod = `${this.state.statefulSet}-${ordinal}`;
      const addresses = [`10.0.0.${ordinal + 1}`];
      return { addresses, conditions, hostname: pod, targetRef: { kind: "Pod", name: pod, uid } };
    });
    // Two slices, as a Service of many pods has; and the second family of addresses.
    const half = Math.ceil(endpoints.length / 2);
    return [
      { addressType: "IPv4", endpoints: endpoints.slice(0, half) },
      { addressType: "IPv4", endpoints: endpoints.slice(half) },
      { addressType: "IPv6", endpoints },
    ];
  }

  configMap(name: string): Promise<Record<string, string>> {
    return this.find("configMaps", name);
  }

  secret(name: string): Promise<Record<string, string>> {
    return this.find("secrets", name);
  }

  private async find(kind: "configMaps" | "secrets", name: string): Promise<Record<string, string>> {
    this.state.asked.push(`${kind} ${name}`);
    const answered = `the Kubernetes API: GET ${kind} ${name}: answered`;
    if (this.state.forbidden?.includes(name)) throw new KubernetesError(`${answered} 403: not allowed`, 403);
    const found = this.state[kind][name];
    if (!found) throw new KubernetesError(`${answered} 404: not found`, 404);
    return found;
  }
}
