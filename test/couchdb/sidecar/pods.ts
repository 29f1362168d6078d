/** Pods of a StatefulSet for tests: a node of the double and a sidecar in each. */
import assert from "node:assert/strict";
import { hostOf, type Identity } from "../../../components/couchdb/sidecar/program/identity";
import { Sidecar } from "../../../components/couchdb/sidecar/program/sidecar";
import type { Environment } from "../../../components/runtime/environment";
import { type LogLevel, logTo } from "../../../components/runtime/log";
import { eventually } from "../../eventually";
import { type FreshNode, type FreshNodes, freshDouble, type NodeOptions } from "../../nodes";
import { freePorts } from "../../ports";
import { type ClusterState, KubernetesApiDouble } from "./kubernetes";
import { addressOf, resolvePodNames } from "./pod-names";

/** What differs from three pods of `couch`. */
export interface PodsOptions {
  count?: number;
  statefulSet?: string;
  domain?: string;
  start?: number;
  /** Of CouchDB's container. */
  env?: ClusterState["containers"][number]["env"];
  /** Of the sidecars. */
  own?: Environment;
  node?: NodeOptions;
  /** By ordinal, over `node`. */
  nodes?: Record<number, NodeOptions>;
  replicas?: number;
  podManagementPolicy?: string;
  level?: LogLevel;
}

let nets = 10;

/** Nodes that answer under their pods' names, and a double of the Kubernetes API; tests start the sidecars. */
export class Pods {
  readonly sidecars = new Map<number, Sidecar>();
  readonly lines: string[] = [];

  private constructor(
    readonly state: ClusterState,
    readonly fresh: FreshNodes,
    private readonly options: PodsOptions,
    readonly port: number,
    /** Of the pods' addresses. */
    readonly net: number,
  ) {}

  static async start(options: PodsOptions = {}): Promise<Pods> {
    const { count = 3, statefulSet = "couch", start = 0, node = {}, nodes = {} } = options;
    nets += 1;
    const net = 100 + ((nets + process.pid) % 150);
    resolvePodNames(net);
    const [port, distributionPort] = await freePorts(2);
    const ordinals = Array.from({ length: count }, (_, index) => start + index);
    const fresh = await freshDouble(
      ordinals.map((ordinal) => ({
        docker: true,
        name: `couchdb@${hostOf(identity(options, ordinal), ordinal)}`,
        host: addressOf(net, ordinal),
        port,
        distributionPort,
        ...node,
        ...nodes[ordinal],
      })),
    );
    const state: ClusterState = {
      statefulSet,
      service: "nodes",
      replicas: options.replicas ?? count,
      start,
      podManagementPolicy: options.podManagementPolicy ?? "Parallel",
      containers: [
        { name: "couch-discover", image: "node:22-slim" },
        {
          name: "db",
          image: "docker.io/library/couchdb:3.5.1",
          ports: [{ name: "http", containerPort: port! }],
          env: options.env ?? [
            { name: "COUCHDB_USER", value: "adm" },
            { name: "COUCHDB_PASSWORD", valueFrom: { secretKeyRef: { name: "admin", key: "password" } } },
          ],
        },
      ],
      pods: new Map(ordinals.map((ordinal) => [ordinal, `uid-${ordinal}`])),
      configMaps: {},
      secrets: { admin: { password: "pass" } },
      asked: [],
    };
    return new Pods(state, fresh, options, port!, net);
  }

  get nodes(): FreshNode[] {
    return this.fresh.nodes;
  }

  /** Starts the sidecar of a pod. */
  sidecar(ordinal: number): Sidecar {
    const log = logTo((line) => this.lines.push(line), this.options.level ?? "debug");
    const own = this.options.own ?? {};
    const sidecar = new Sidecar(identity(this.options, ordinal), new KubernetesApiDouble(this.state), own, log, 500);
    this.sidecars.set(ordinal, sidecar);
    void sidecar.run();
    return sidecar;
  }

  /** Waits until these pods are ready. */
  async ready(...ordinals: number[]): Promise<void> {
    const statuses = () => ordinals.map((ordinal) => this.sidecars.get(ordinal)!.status);
    await seen(`the pods ${ordinals} are ready`, () =>
      assert.ok(
        statuses().every(({ ready }) => ready),
        JSON.stringify(statuses()),
      ),
    );
  }

  /** Waits until the sidecar of a pod says that this is its state. */
  async says(ordinal: number, state: RegExp): Promise<void> {
    await seen(`pod ${ordinal} says so`, () => assert.match(this.sidecars.get(ordinal)!.status.state, state));
  }

  /** Waits until this is logged. */
  async logged(words: string): Promise<void> {
    await seen(`"${words}" is logged`, () => assert.ok(this.lines.join("").includes(words), this.lines.join("")));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.sidecars.values()].map((sidecar) => sidecar.stop()));
    await this.fresh.stop();
  }
}

function identity({ statefulSet = "couch", domain = "cluster.local" }: PodsOptions, ordinal: number): Identity {
  return { statefulSet, ordinal, service: "nodes", namespace: "test", domain };
}

/** Waits until it can be asserted. */
async function seen(what: string, assertion: () => void): Promise<void> {
  const ask = () => {
    assertion();
    return true;
  };
  await eventually(what, ask, { everyMs: 20 });
}
