/** How long the join takes once all nodes answer, by three ways. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "esbuild";
import { kubernetesApi } from "../../../components/clients/kubernetes/api";
import { Join } from "../../../components/couchdb/cluster/args";
import { containerName } from "../../../components/couchdb/sidecar/pod-spec";
import { bundleOf } from "../../../toolchain/bundle";
import { checkout } from "../../../toolchain/places";
import { residentKiBIn } from "../../resident";
import { cluster, type TestCluster } from "../../testbed";
import { compare, type Way } from "../measure";
import { type Result, seconds } from "../table";
import { withNamespace } from "./namespace";
import { type Program, withProject } from "./project";
import { Timeline } from "./timeline";

/** Sizes, and the longest that a join may take, in milliseconds. */
const targets = [
  { size: 3, longest: 2_000 },
  { size: 10, longest: 5_000 },
];

const largestBundle = 300_000;
const mostMemory = 64 * 1024;

/** Measures joins of both sizes, and what the sidecar takes. */
export async function benchKubernetesJoin(repetitions: number): Promise<Result[]> {
  const api = await cluster();
  const memory: number[] = [];
  const results: Result[] = [];
  for (const { size, longest } of targets) {
    const program = await couchdiscover(size);
    const small = { replicas: size, storageSize: "100Mi", resources: { requests: { cpu: "10m", memory: "64Mi" } } };
    const ways = {
      provider: joining(api, size, (namespace) => ours({ ...small, namespace, join: Join.Provider })),
      sidecar: joining(
        api,
        size,
        (namespace) => ours({ ...small, namespace, join: Join.Sidecar }),
        async (namespace) => void memory.push(...(await residentMemory(api, namespace, size))),
      ),
      couchdiscover: joining(api, size, (namespace) => ({
        module: "couchdiscover",
        args: { ...small, namespace, program },
      })),
    };
    const medians = await compare(ways, repetitions);
    for (const name of ["provider", "sidecar"] as const) {
      const row = { what: `${size} pods that answer, joined by the ${name}`, median: seconds(medians[name]) };
      results.push(
        { ...row, against: `limit ${seconds(longest)}`, ratio: medians[name] / longest, limit: 1 },
        {
          ...row,
          against: `couchdiscover's way ${seconds(medians.couchdiscover)}`,
          ratio: medians[name] / medians.couchdiscover,
        },
      );
    }
  }
  return [...results, sizeOfBundle(), largestMemory(memory)];
}

function ours(args: object): Program {
  return { module: "cluster", args };
}

/** Times from the moment at which the last node answers to that at which all nodes are proved to be one cluster. */
function joining(
  api: TestCluster,
  size: number,
  program: (namespace: string) => Program,
  inspect: (namespace: string) => Promise<void> = async () => {},
): Way {
  return () =>
    withNamespace(api, (namespace) =>
      withProject(program(namespace), async (project) => {
        const timeline = new Timeline();
        const end = new AbortController();
        const answering = whenAllAnswer(api, namespace, size, end.signal).then(() => timeline.mark("answer"));
        await project.up((event) => timeline.hear(event)).finally(() => end.abort());
        await answering;
        await inspect(namespace);
        // Before a question at every tenth of a second tells that the last node answers, the join may be over.
        return Math.max(0, timeline.at("CouchDbMembership couchdb-membership") - timeline.at("answer"));
      }),
    );
}

/** Asks through the API server, which works from anywhere and takes no password. */
async function whenAllAnswer(api: TestCluster, namespace: string, size: number, end: AbortSignal): Promise<void> {
  const { core } = await kubernetesApi({ kubeconfig: api.kubeconfig });
  const answers = (ordinal: number) =>
    core.connectGetNamespacedPodProxyWithPath({ name: `couchdb-${ordinal}:5984`, namespace, path: "_up" }).then(
      () => true,
      () => false,
    );
  const one = async (ordinal: number) => {
    while (!end.aborted && !(await answers(ordinal))) await sleep(100);
  };
  await Promise.all(Array.from({ length: size }, (_, ordinal) => one(ordinal)));
}

/** The text of couchdiscover's stand-in for so many nodes. */
async function couchdiscover(replicas: number): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(checkout, "test/bench/kubernetes/couchdiscover-pod.ts")],
    bundle: true,
    write: false,
    platform: "node",
    target: "node20",
    define: { REPLICAS: String(replicas) },
    logLevel: "error",
  });
  return outputFiles[0]!.text;
}

function sizeOfBundle(): Result {
  const { size } = statSync(bundleOf("couchdb/sidecar"));
  const [median, against] = [size, largestBundle].map((bytes) => `${Math.ceil(bytes / 1000)} KB`);
  return {
    what: "the sidecar's program",
    median: median!,
    against: `limit ${against}`,
    ratio: size / largestBundle,
    limit: 1,
  };
}

/** What the sidecars of all pods have resident, in KiB. */
async function residentMemory(api: TestCluster, namespace: string, size: number): Promise<number[]> {
  const status = (ordinal: number) =>
    api.kubectl("-n", namespace, "exec", `couchdb-${ordinal}`, "-c", containerName, "--", "cat", "/proc/1/status");
  const texts = await Promise.all(Array.from({ length: size }, (_, ordinal) => status(ordinal)));
  return texts.map(residentKiBIn);
}

function largestMemory(kibibytes: readonly number[]): Result {
  const most = Math.max(...kibibytes);
  return {
    what: "the sidecar's resident memory, at most",
    median: `${(most / 1024).toFixed(0)} MiB`,
    against: `limit ${mostMemory / 1024} MiB`,
    ratio: most / mostMemory,
    limit: 1,
  };
}
