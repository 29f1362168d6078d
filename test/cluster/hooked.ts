import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import type { TestContext } from "node:test";
import { promisify } from "node:util";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { kubernetesApi } from "../../components/clients/kubernetes/api";
import type { RescheduleHookArgs } from "../../components/reschedule/args";
import { RescheduleHook } from "../../components/reschedule/reschedule-hook";
import { kubernetesPlugin } from "../doubles/kubernetes/plugin";
import { TestStack } from "../engine/stack";
import { eventually } from "../eventually";
import { cluster, type TestCluster } from "../testbed";
import type { Pod } from "./orders";
import { isReady } from "./ready";
import { idleSpec } from "./restricted";
import { again } from "./watching";

/** Label of the pods that a drain is about, so that it harms no others. */
const drill = "drill";

/** A pod with what the hook writes on it. */
export type MarkedPod = Pod & { metadata: { annotations?: Record<string, string> } };

/** A stack with one `RescheduleHook`, and beside it three pods that it protects, `db-0` to `db-2`, and one that it doesn't. */
export class Hooked {
  private constructor(
    readonly api: TestCluster,
    readonly stack: TestStack,
    /** Namespace of the pods. */
    readonly namespace: string,
    /** The host that all of them are on at first. */
    public host: string,
    private readonly always: RescheduleHookArgs,
    private readonly podLabels: Record<string, string>,
  ) {}

  /** Makes stack and pods, and removes them after the test. Undefined where there is no Pulumi engine. */
  static async make(
    test: TestContext,
    always: RescheduleHookArgs,
    podLabels: Record<string, string> = {},
  ): Promise<Hooked | undefined> {
    const api = await cluster();
    await kubernetesPlugin();
    const stack = await TestStack.make(test, async () => {});
    if (!stack) return undefined;
    const namespace = await api.namespace(test, "hook");
    const [host] = await api.hosts();
    const hooked = new Hooked(api, stack, namespace, host!, { namespace, ...always }, podLabels);
    // A webhook outlives its namespace, and where its pods are gone it refuses everything.
    const lasting = "validatingwebhookconfiguration,clusterrole,clusterrolebinding";
    test.after(() => api.kubectl("delete", lasting, `--selector=${drill}=${namespace}`));
    await hooked.applyPods();
    return hooked;
  }

  private async applyPods(): Promise<void> {
    await this.api.apply(this.namespace, workload(this.namespace, this.host, this.podLabels));
  }

  /** Makes another host that which all of this test's pods are on at first, and waits until they are. */
  async moveTo(host: string): Promise<void> {
    this.host = host;
    await this.applyPods();
    const areThere = async () => {
      const pods = [...(await this.pods("app=db")), ...(await this.pods("app=web"))];
      return pods.length === 4 && pods.every((pod) => isReady(pod) && pod.spec.nodeName === host);
    };
    await eventually(`the pods are on ${host}`, areThere, { seconds: 180 });
  }

  /** The program with the hook as declared. */
  program(args: RescheduleHookArgs = {}): PulumiFn {
    return async () => {
      const labels = { [drill]: this.namespace };
      const hook = new RescheduleHook("hook", { labels, ...this.always, ...args });
      return { webhookName: hook.webhookName, expires: hook.certificateExpires };
    };
  }

  /** Runs `up` and returns the number of resources by what was done to them. */
  up(args?: RescheduleHookArgs): Promise<Record<string, number>> {
    return this.stack.up(this.program(args));
  }

  /** Refreshes and runs `up`, neither of which must find anything to do. */
  settled(args?: RescheduleHookArgs): Promise<void> {
    return this.stack.settled(this.program(args));
  }

  async destroy(): Promise<void> {
    await this.stack.destroy();
    assert.deepEqual((await this.stack.state()).resources, []);
  }

  /** Changes what state holds of the one resource of a type. */
  async edit(type: string, change: (outputs: Record<string, unknown>) => void): Promise<void> {
    const { stack } = this.stack;
    const state = await stack.exportStack();
    const resources: { type: string; outputs: Record<string, unknown> }[] = state.deployment.resources;
    change(resources.find((resource) => resource.type.endsWith(`:${type}`))!.outputs);
    await stack.importStack(state);
  }

  /** What the API server trusts, what the hook's Deployment shows, and how many certificates there are. */
  async certificate(): Promise<{ caBundle: string; secret: string; secrets: number }> {
    const { api, namespace } = this;
    const { webhooks } = await api.get<{ webhooks: { clientConfig: { caBundle: string } }[] }>(
      "",
      "validatingwebhookconfiguration",
      `${namespace}-hook`,
    );
    const volume = "jsonpath={.spec.template.spec.volumes[?(@.name=='certificate')].secret.secretName}";
    const { items } = await api.get<{ items: unknown[] }>(namespace, "secrets");
    return {
      caBundle: webhooks[0]!.clientConfig.caBundle,
      secret: await api.kubectl("--namespace", namespace, "get", "deployment", "hook", "--output", volume),
      secrets: items.length,
    };
  }

  /** This test's pods with a label, the hook's too, wherever they are. */
  async pods(label: string): Promise<MarkedPod[]> {
    const which = ["pods", "--all-namespaces", `--selector=${label},${drill}=${this.namespace}`];
    return (await this.api.get<{ items: MarkedPod[] }>("", ...which, "--sort-by=.metadata.name")).items;
  }

  /** Waits until all pods run and are ready, and returns them. */
  async ready(label: string, count: number): Promise<MarkedPod[]> {
    return eventually(`${count} pods ${label} are ready`, async () => {
      const pods = await this.pods(label);
      return pods.length === count && pods.every(isReady) && pods;
    });
  }

  /** Drains the host of this test's pods and returns what kubectl printed. Gives the host back after the test. */
  async drain(test: Pick<TestContext, "after">): Promise<string> {
    test.after(() => this.api.kubectl("uncordon", this.host));
    const about = ["--ignore-daemonsets", "--delete-emptydir-data", `--pod-selector=${drill}=${this.namespace}`];
    const args = [`--kubeconfig=${this.api.kubeconfig}`, "drain", this.host, ...about, "--timeout=300s"];
    const { stdout, stderr } = await promisify(execFile)(this.api.program, args);
    return stdout + stderr;
  }

  /** Has evictions of a pod tried, without effect, four at a time while something runs; counts the answers. */
  async asked(pod: string, run: () => Promise<unknown>): Promise<Record<string, number>> {
    const { core } = await kubernetesApi({ kubeconfig: this.api.kubeconfig });
    const answers: Record<string, number> = {};
    const body = { metadata: { name: pod, namespace: this.namespace } };
    const ask = async () => {
      const answer = await core
        .createNamespacedPodEviction({ name: pod, namespace: this.namespace, dryRun: "All", body })
        .then(() => "allowed")
        .catch((error: { body?: string }) => {
          if (error.body === undefined) throw error; // no answer
          return String(JSON.parse(error.body).message);
        });
      answers[answer] = (answers[answer] ?? 0) + 1;
    };
    await again(() => Promise.all([ask(), ask(), ask(), ask()]), 10, run);
    return answers;
  }

  /** Which pods there were while something ran, and how few of them were ready at once. */
  async watched(
    label: string,
    run: () => Promise<unknown>,
  ): Promise<{ leastReady: number; seen: Map<string, Set<string>> }> {
    const { core } = await kubernetesApi({ kubeconfig: this.api.kubeconfig });
    const seen = new Map<string, Set<string>>();
    let leastReady = Number.POSITIVE_INFINITY;
    const look = async () => {
      const { items } = await core.listNamespacedPod({ namespace: this.namespace, labelSelector: label });
      const pods = items as unknown as MarkedPod[];
      for (const { metadata } of pods)
        seen.set(metadata.name, (seen.get(metadata.name) ?? new Set()).add(metadata.uid));
      leastReady = Math.min(leastReady, pods.filter(isReady).length);
    };
    await again(look, 100, run);
    return { leastReady, seen };
  }
}

function workload(namespace: string, host: string, podLabels: Record<string, string>): object[] {
  const template = (labels: Record<string, string>) => ({
    metadata: { labels: { ...labels, [drill]: namespace } },
    spec: {
      ...idleSpec(),
      terminationGracePeriodSeconds: 1,
      affinity: {
        nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference: on(host) }] },
      },
    },
  });
  const db = { app: "db", ...podLabels };
  const web = { app: "web" };
  return [
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "db" },
      spec: {
        replicas: 3,
        serviceName: "db",
        podManagementPolicy: "Parallel",
        selector: { matchLabels: { app: "db" } },
        template: template(db),
      },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
      spec: { replicas: 1, selector: { matchLabels: web }, template: template(web) },
    },
  ];
}

function on(host: string): object {
  return { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [host] }] };
}
