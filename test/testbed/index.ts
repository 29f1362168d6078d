/** What cluster tests use: a Kubernetes, and namespaces that are removed after the test. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import which from "which";
import { eventually } from "../eventually";
import { findBinaries } from "./binaries";
import { command } from "./command";
import { insideNamespace } from "./inside";
import * as places from "./places";

export { CommandError } from "./command";

/** The variable that names the kubeconfig of a cluster to test on instead of the testbed. */
export const KUBECONFIG_VARIABLE = "PULUMI_COUCH_KUBECONFIG";

/** Some of an object of Kubernetes. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  [field: string]: unknown;
}

interface Host {
  metadata: { name: string };
  spec: { unschedulable?: boolean; taints?: { effect: string }[] };
}

/** The Kubernetes that tests run on: the testbed, or the one that PULUMI_COUCH_KUBECONFIG names. */
export async function cluster(): Promise<TestCluster> {
  const given = process.env[KUBECONFIG_VARIABLE];
  if (given) return new TestCluster(given, true, await which("kubectl"));
  if (!(await insideNamespace()))
    throw new Error(`the testbed is reached from its network namespace: npm run testbed:up says how to enter it`);
  const { kubernetes } = await findBinaries(process.env, () => {});
  return new TestCluster(places.kubeconfig, false, kubernetes("kubectl"));
}

/** A Kubernetes and its administrator. */
export class TestCluster {
  constructor(
    /** The path of the administrator's kubeconfig. */
    readonly kubeconfig: string,
    /** With its own images and plugin, not our stand-ins. */
    readonly real: boolean,
    /** The path of kubectl. */
    readonly program: string,
  ) {}

  /** Runs kubectl and returns what it printed. */
  kubectl(...args: string[]): Promise<string> {
    return command(this.program, this.arguments(args));
  }

  /** Applies objects; with `dryRun` the API server checks and stores nothing. */
  apply(namespace: string, objects: readonly object[], options: { dryRun?: boolean } = {}): Promise<string> {
    const args = ["--namespace", namespace, "apply", "--server-side", "--filename", "-"];
    if (options.dryRun) args.push("--dry-run=server");
    const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
    return command(this.program, this.arguments(args), list);
  }

  /** One object, or the list of a kind: whatever `kubectl get` takes. */
  async get<T = KubernetesObject>(namespace: string, ...what: string[]): Promise<T> {
    return JSON.parse(await this.kubectl("--namespace", namespace, "get", ...what, "--output", "json")) as T;
  }

  /** Names of the nodes that any pod may run on: usually not those of the control plane. */
  async hosts(): Promise<string[]> {
    const { items } = await this.get<{ items: Host[] }>("default", "nodes");
    const isOpen = ({ spec: { unschedulable, taints = [] } }: Host) =>
      !unschedulable && taints.every(({ effect }) => effect === "PreferNoSchedule");
    return items.filter(isOpen).map(({ metadata }) => metadata.name);
  }

  /** Runs a command in a pod's first container and returns what it printed. */
  exec(namespace: string, pod: string, ...args: string[]): Promise<string> {
    return this.kubectl("--namespace", namespace, "exec", pod, "--", ...args);
  }

  /** Makes a namespace under the restricted Pod Security Standard and removes it after the test, with all that is in it. */
  async namespace(test: Pick<TestContext, "after">, prefix = "test"): Promise<string> {
    const name = `${prefix}-${randomBytes(3).toString("hex")}`;
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    test.after(() => this.removeNamespace(name));
    await this.apply("default", [{ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } }]);
    // Pods are refused until their ServiceAccount is there, which takes a while where the cluster has just come up.
    const account = ["--namespace", name, "get", "serviceaccount", "default"];
    await eventually("the namespace has its ServiceAccount", () => this.kubectl(...account));
    return name;
  }

  /** Has a namespace removed; its pods get a second to end. Kubernetes takes ten: that is not waited for. */
  async removeNamespace(name: string): Promise<void> {
    await this.kubectl("delete", "namespace", name, "--wait=false", "--ignore-not-found");
    const pods = this.kubectl("--namespace", name, "delete", "pods", "--all", "--grace-period=1", "--wait=false");
    await pods.catch(() => {}); // none are left
  }

  /** Forwards a local port to a pod (`pod/NAME`, `service/NAME`) until the test ends; returns the local port. */
  async portForward(test: Pick<TestContext, "after">, namespace: string, to: string, port: number): Promise<number> {
    const args = ["--namespace", namespace, "port-forward", to, `:${port}`, "--address", "127.0.0.1"];
    const child = spawn(this.program, this.arguments(args), { stdio: ["ignore", "pipe", "inherit"] });
    const ended = new Promise<never>((_, reject) => {
      child.once("error", reject).once("exit", () => reject(new Error(`no port-forward to ${to}`)));
    });
    ended.catch(() => {});
    test.after(() => void child.kill());
    const line = await Promise.race([firstLine(child.stdout), ended]);
    return Number(/:(\d+) ->/.exec(line)![1]);
  }

  private arguments(args: readonly string[]): string[] {
    return [`--kubeconfig=${this.kubeconfig}`, ...args];
  }
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  const lines = createInterface({ input: stream });
  return new Promise((resolve) => lines.once("line", resolve));
}
