import {
  type Container,
  type Endpoints,
  type KubernetesApi,
  KubernetesError,
  type StatefulSet,
} from "../../../components/couchdb/sidecar/program/kubernetes";

/** What the stand-in of the API knows; tests change it as they go. */
export interface ClusterState {
  statefulSet: string;
  service: string;
  replicas: number;
  start: number;
  podManagementPolicy: string;
  containers: Container[];
  /** Ordinals of the pods that exist, with their incarnation. */
  pods: Map<number, string>;
  /** Whether the Service lacks publishNotReadyAddresses, and no pod is ready. */
  unpublished?: boolean;
  configMaps: Record<string, Record<string, string>>;
  secrets: Record<string, Record<string, string>>;
  /** ConfigMaps and Secrets that may not be read. */
  forbidden?: string[];
  /** How often anything was asked. */
  asked: string[];
}

/** Answers as the API server does, from the state. */
export class StandInApi implements KubernetesApi {
  constructor(readonly state: ClusterState) {}

  async statefulSet(name: string): Promise<StatefulSet> {
    this.state.asked.push(`statefulset ${name}`);
    if (name !== this.state.statefulSet) throw new KubernetesError(`no StatefulSet ${name}`, 404);
    const { replicas, start, podManagementPolicy, containers } = this.state;
    return {
      metadata: { name },
      spec: { replicas, podManagementPolicy, ordinals: { start }, template: { spec: { containers } } },
    };
  }

  async endpoints(name: string): Promise<Endpoints> {
    this.state.asked.push(`endpoints ${name}`);
    if (name !== this.state.service) throw new KubernetesError(`no Endpoints ${name}`, 404);
    const addresses = [...this.state.pods].map(([ordinal, uid]) => {
      const pod = `${this.state.statefulSet}-${ordinal}`;
      return { ip: `10.0.0.${ordinal + 1}`, hostname: pod, targetRef: { name: pod, uid } };
    });
    return { subsets: [this.state.unpublished ? { notReadyAddresses: addresses } : { addresses }] };
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
    if (!found) throw new KubernetesError(`${answered} 404: there is none`, 404);
    return found;
  }
}
