import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { CouchDbClient } from "../../components/clients/couchdb/client";
import { kubernetesApi } from "../../components/clients/kubernetes/api";
import type { CouchDbClusterArgs } from "../../components/couchdb/cluster/args";
import { CouchDbCluster } from "../../components/couchdb/cluster/couchdb-cluster";
import { kubernetesPlugin } from "../doubles/kubernetes/plugin";
import { TestStack } from "../engine/stack";
import { eventually } from "../eventually";
import { cluster, type TestCluster } from "../testbed";
import { farDeadline } from "./deadline";
import { failing } from "./own-process";

/** What makes a cluster quick to change, and three nodes fit on one host; the rest is the default. */
export const quick: CouchDbClusterArgs = {
  spread: "none",
  storageSize: "100Mi",
  resources: { requests: { cpu: "10m", memory: "32Mi" } },
  drainSeconds: 1,
  terminationGraceSeconds: 10,
  probes: { startup: { periodSeconds: 1 }, readiness: { periodSeconds: 1 } },
  timeoutSeconds: farDeadline,
};

/** What all pods of the cluster have, and no others. */
export const podLabel = "app.kubernetes.io/instance=orders";

/** A pod, as far as tests look at it. */
export interface Pod {
  metadata: { name: string; uid: string; deletionTimestamp?: string };
  spec: { nodeName?: string; containers: { name: string; image: string }[] };
  status: { phase: string; conditions?: { type: string; status: string }[] };
}

/** Who logs in where. */
export interface Login {
  adminUser: string;
  adminPassword: string;
}

/** A stack with one `CouchDbCluster`, `orders`, in a namespace of its own under the restricted Pod Security Standard. */
export class Orders {
  private constructor(
    readonly api: TestCluster,
    readonly stack: TestStack,
    readonly namespace: string,
    private readonly always: CouchDbClusterArgs,
  ) {}

  /** Makes the stack, and removes it with its namespace after the test. Undefined where there is no Pulumi engine. */
  static async make(test: TestContext, always: CouchDbClusterArgs = {}): Promise<Orders | undefined> {
    const api = await cluster();
    await kubernetesPlugin();
    const stack = await TestStack.make(test, async () => {});
    return stack && new Orders(api, stack, await api.namespace(test, "orders"), { ...quick, ...always });
  }

  /** The program with the cluster as declared. */
  program(args: CouchDbClusterArgs = {}): PulumiFn {
    return async () => {
      const orders = new CouchDbCluster("orders", this.declared(args));
      return { url: orders.url, nodeNames: orders.nodeNames, members: orders.membership.members };
    };
  }

  private declared(args?: CouchDbClusterArgs): CouchDbClusterArgs {
    const all = { namespace: this.namespace, ...this.always, ...args };
    // A password costs little to compare: what it should cost is measured by `npm run bench`.
    return { ...all, credentials: { iterations: 10, ...all.credentials } };
  }

  /** Runs `up` and returns the number of resources by what was done to them. */
  up(args?: CouchDbClusterArgs): Promise<Record<string, number>> {
    return this.stack.up(this.program(args));
  }

  /** Refreshes and runs `up`, neither of which must find anything to do. */
  settled(args?: CouchDbClusterArgs): Promise<void> {
    return this.stack.settled(this.program(args));
  }

  /** Runs `up`, which must find nothing to do. */
  async unchanged(args?: CouchDbClusterArgs): Promise<void> {
    const before = this.stack.shown.length;
    const { same, read: _, ...others } = await this.up(args);
    assert.deepEqual([same! > 0, others], [true, {}], this.stack.shown.slice(before));
  }

  /** Runs `up`, which must fail; returns what it showed and how long it took. */
  async failingUp(args?: CouchDbClusterArgs): Promise<{ shown: string; seconds: number }> {
    const begun = performance.now();
    const shown = await failing(this.stack, this.declared(args), "up", "--yes", "--skip-preview");
    return { shown, seconds: (performance.now() - begun) / 1000 };
  }

  /** Runs `preview`, which must be rejected; returns what it showed. */
  refusedPreview(args: CouchDbClusterArgs): Promise<string> {
    return failing(this.stack, this.declared(args), "preview");
  }

  async destroy(): Promise<void> {
    await this.stack.destroy();
    assert.deepEqual((await this.stack.state()).resources, []);
  }

  /** The pods, in ordinal order. */
  async pods(): Promise<Pod[]> {
    const which = ["pods", `--selector=${podLabel}`, "--sort-by=.metadata.name"];
    const { items } = await this.api.get<{ items: Pod[] }>(this.namespace, ...which);
    return items;
  }

  /** Identities of the pods: others after a restart. */
  async uids(): Promise<string[]> {
    return (await this.pods()).map((pod) => pod.metadata.uid);
  }

  /** Deletes all pods at once, and waits until none of them is left. */
  async deletePods(): Promise<void> {
    const before = await this.uids();
    // Not kubectl's own wait: it may miss the end of a pod that comes back under its name, and then wait for an hour.
    await this.kubectl("delete", "pods", "--all", "--wait=false");
    await eventually("the pods are gone", async () => {
      const now = await this.uids();
      return !before.some((uid) => now.includes(uid));
    });
  }

  /** Has kubectl do something in the namespace. */
  kubectl(...args: string[]): Promise<string> {
    return this.api.kubectl("--namespace", this.namespace, ...args);
  }

  /** User and password as a Secret has them for clients. */
  async login(secret = "orders-admin"): Promise<Login> {
    const { core } = await kubernetesApi({ kubeconfig: this.api.kubeconfig });
    const { data } = await core.readNamespacedSecret({ name: secret, namespace: this.namespace });
    const value = (key: string) => Buffer.from(data![key]!, "base64").toString();
    return { adminUser: value("username"), adminPassword: value("password") };
  }

  /** Speaks to one node, from outside. */
  async node(ordinal: number, login?: Login): Promise<CouchDbClient> {
    const url = `http://orders-${ordinal}.orders-nodes.${this.namespace}.svc.cluster.local:5984`;
    const kubernetes = { kubeconfig: this.api.kubeconfig };
    return new CouchDbClient(url, { ...(login ?? (await this.login())), kubernetes });
  }

  /** The Erlang names of the first nodes. */
  names(count: number): string[] {
    const name = (ordinal: number) => `couchdb@orders-${ordinal}.orders-nodes.${this.namespace}.svc.cluster.local`;
    return Array.from({ length: count }, (_, ordinal) => name(ordinal));
  }

  /** Asserts that every node takes these, and no others, for members, is connected to them, and is finished. */
  async assertWhole(count: number): Promise<void> {
    for (let ordinal = 0; ordinal < count; ordinal++) {
      const node = await this.node(ordinal);
      const { cluster_nodes, all_nodes } = await node.request<Record<string, string[]>>({ path: "_membership" });
      assert.deepEqual([cluster_nodes, all_nodes], [this.names(count), this.names(count)], `orders-${ordinal} says so`);
      const { state } = await node.request<{ state: string }>({ path: "_cluster_setup" });
      assert.match(state, /^(cluster|single_node)_finished$/);
    }
  }

  /** Waits until the cluster is whole, as nodes may be on their way back. */
  async becomesWhole(count: number): Promise<void> {
    await eventually("the cluster is whole again", async () => {
      await this.assertWhole(count);
      return true;
    });
  }

  /** Stores a document by one node. */
  async write(ordinal: number, path: string, body: object = {}): Promise<void> {
    await (await this.node(ordinal)).request({ method: "PUT", path, body });
  }

  /** Asserts that a document is found by one node. */
  async assertThere(ordinal: number, path: string): Promise<void> {
    await (await this.node(ordinal)).request({ path });
  }
}
