/** How many evictions the hook answers, and how fast, against the reads that each answer takes. */
import { fork } from "node:child_process";
import { join } from "node:path";
import { generate } from "selfsigned";
import { Presets } from "../../components/reschedule/presets";
import { RescheduleHook } from "../../components/reschedule/reschedule-hook";
import { gatedPod, hookAccount } from "../cluster/hook-account";
import { eventually } from "../eventually";
import { objectOf, settled, startMocks } from "../mocks";
import { type Account, reviewOf } from "../reschedule/program";
import { cluster, type TestCluster } from "../testbed";
import { withNamespace } from "./kubernetes/namespace";
import { median } from "./measure";
import type { Load, LoadResult } from "./reschedule/load";
import type { Result } from "./table";

const connections = 16;
const seconds = 5;

/** MiB that the pod may take: its limit as well, beyond which it would be killed. */
const mostMemory = 96;

const annotation = Presets.couchbase.annotation as { key: string; value: string };

/** Measures a pod of the hook, and reads of the pod that is evicted by the same load, in turn. */
export async function benchReschedule(repetitions: number): Promise<Result[]> {
  const api = await cluster();
  return withNamespace(api, async (namespace) => {
    const account = await hookAccount(api, namespace, "load", { pods: ["get"], tracking: [] });
    await api.apply(namespace, [gatedPod("db-0", { app: "couchbase" }, { [annotation.key]: annotation.value })]);
    const { pod, ...hook } = await startHook(api, namespace);
    const loads = { reads: readsOf(account, namespace), reviews: reviewsOf(hook, namespace) };
    await send({ ...loads.reviews, seconds: 2 }); // code that is run often gets compiled

    const reads: LoadResult[] = [];
    const reviews: LoadResult[] = [];
    for (let repetition = 0; repetition < repetitions; repetition++) {
      reads.push(await send(loads.reads));
      reviews.push(await send(loads.reviews));
    }
    const rate = (results: LoadResult[]) => median(results.map(({ perSecond }) => perSecond));
    const slowest = (results: LoadResult[]) => median(results.map(({ p99 }) => p99));
    const memory = await residentMemory(api, namespace, pod);
    return [
      {
        what: "reviews of evictions",
        median: `${Math.round(rate(reviews))}/s`,
        against: `reads of the pod ${Math.round(rate(reads))}/s`,
        ratio: rate(reads) / rate(reviews),
        limit: 2,
      },
      {
        what: "99 of 100 reviews within",
        median: `${slowest(reviews).toFixed(1)} ms`,
        against: `reads ${slowest(reads).toFixed(1)} ms`,
        ratio: slowest(reviews) / slowest(reads),
        limit: 3,
      },
      {
        what: "memory of the hook's pod",
        median: `${memory.toFixed(0)} MiB`,
        against: `limit ${mostMemory} MiB`,
        ratio: memory / mostMemory,
        limit: 1,
      },
    ];
  });
}

interface Started {
  pod: string;
  host: string;
  ca: string;
}

/** Has the pod run that the component declares; what it declares is applied as it would be by Pulumi. */
async function startHook(api: TestCluster, namespace: string): Promise<Started> {
  const names = [{ type: 2 as const, value: "hook" }];
  const pem = await generate([{ name: "commonName", value: "hook" }], {
    keyType: "ec",
    extensions: [{ name: "subjectAltName", altNames: names }],
  });
  startMocks();
  new RescheduleHook("hook", {
    namespace,
    namespaces: [namespace],
    replicas: 1,
    certificate: { secretName: "hook-certificate", caBundle: pem.cert },
    resources: { requests: { cpu: "100m", memory: `${mostMemory}Mi` }, limits: { memory: `${mostMemory}Mi` } },
  });
  await settled();
  const data = { "tls.crt": pem.cert, "tls.key": pem.private };
  await api.apply(namespace, [
    { apiVersion: "v1", kind: "Secret", metadata: { name: "hook-certificate" }, stringData: data },
    objectOf("v1", "ConfigMap"),
    objectOf("v1", "ServiceAccount"),
    objectOf("rbac.authorization.k8s.io/v1", "Role"),
    objectOf("rbac.authorization.k8s.io/v1", "RoleBinding"),
    objectOf("apps/v1", "Deployment"),
  ]);
  return eventually("the hook's pod is ready", async () => {
    const { items } = await api.get<{ items: RunningPod[] }>(namespace, "pods");
    const found = items.find(({ status }) => status.containerStatuses?.every(({ ready }) => ready));
    return found && { pod: found.metadata.name, host: found.status.podIP!, ca: pem.cert };
  });
}

interface RunningPod {
  metadata: { name: string };
  status: { podIP?: string; containerStatuses?: { ready: boolean }[] };
}

function reviewsOf({ host, ca }: Omit<Started, "pod">, namespace: string): Load {
  const body = JSON.stringify(reviewOf({ namespace, name: "db-0" }));
  const head = [
    "POST /eviction?timeout=10s HTTP/1.1",
    "host: hook",
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  const expected = { status: 200, text: "Pod waiting to be rescheduled" };
  return { host, port: 8443, ca, servername: "hook", request: httpText(head, body), expected, connections, seconds };
}

function readsOf({ host, port, ca, token }: Account, namespace: string): Load {
  const head = [
    `GET /api/v1/namespaces/${namespace}/pods/db-0 HTTP/1.1`,
    `host: ${host}`,
    "accept: application/json",
    `authorization: Bearer ${token}`,
  ];
  const expected = { status: 200, text: annotation.key };
  return { host, port, ca, request: httpText(head), expected, connections, seconds };
}

function httpText(head: string[], body = ""): string {
  return `${head.join("\r\n")}\r\n\r\n${body}`;
}

/** Lets a process of its own do it, as one that also does something else would measure that. */
async function send(load: Load): Promise<LoadResult> {
  const child = fork(join(__dirname, "reschedule/load.js"));
  return new Promise((resolve, reject) => {
    child.once("message", (result) => resolve(result as LoadResult));
    child.once("error", reject).once("exit", (code) => reject(new Error(`the load ended with ${code}`)));
    child.send(load);
  });
}

/** MiB that the program takes, at most until now. */
async function residentMemory(api: TestCluster, namespace: string, pod: string): Promise<number> {
  const status = await api.exec(namespace, pod, "cat", "/proc/1/status");
  return Number(/VmHWM:\s+(\d+)/.exec(status)![1]) / 1024;
}
