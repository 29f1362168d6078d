/** How long a whole `pulumi up` takes, from nothing to a finished cluster. */
import { Join } from "../../../components/couchdb/cluster/args";
import { cluster, type TestCluster } from "../../testbed";
import { compare, type Way } from "../measure";
import { type Result, seconds } from "../table";
import { withNamespace } from "./namespace";
import { type Program, withProject } from "./project";
import { proveWhole } from "./proof";
import { Timeline, watchPods } from "./timeline";

/** The longest that ours may take, in milliseconds. */
const target = 7_000;

const nodes = 3;

/** Compares the component, joined either way, with what Apache's Helm chart does through the same engine. */
export async function benchKubernetesUp(repetitions: number): Promise<Result[]> {
  const api = await cluster();
  const timelines: Record<string, Timeline> = {};
  const bringingUp =
    (name: string, labels: string, program: (namespace: string) => Program): Way =>
    async () => {
      const timeline = await timelineOfUp(api, labels, program);
      timelines[name] = timeline;
      return timeline.at("done");
    };
  const ours = (join: string) => (namespace: string) => ({ module: "cluster", args: { namespace, join } });
  const chart = (namespace: string) => ({ module: "chart", args: { namespace } });
  const ownLabels = "app.kubernetes.io/instance=couchdb";
  const ways = {
    provider: bringingUp("provider", ownLabels, ours(Join.Provider)),
    sidecar: bringingUp("sidecar", ownLabels, ours(Join.Sidecar)),
    chart: bringingUp("chart", "app=couchdb", chart),
  };
  const medians = await compare(ways, repetitions);
  for (const [name, timeline] of Object.entries(timelines)) console.log(`\n${name}, the last run:\n${timeline}`);

  const what = (name: string) => `\`pulumi up\` of ${nodes} nodes, joined by the ${name}`;
  const against = `as Apache's Helm chart ${seconds(medians.chart)}`;
  return (["provider", "sidecar"] as const).flatMap((name) => {
    const row = { what: what(name), median: seconds(medians[name]) };
    return [
      { ...row, against: `limit ${seconds(target)}`, ratio: medians[name] / target, limit: 1 },
      { ...row, against, ratio: medians[name] / medians.chart },
    ];
  });
}

/** One `up` in a namespace of its own, proved to have done its work. */
function timelineOfUp(api: TestCluster, labels: string, program: (namespace: string) => Program): Promise<Timeline> {
  return withNamespace(api, (namespace) =>
    withProject(program(namespace), async (project) => {
      const stopWatching = new AbortController();
      const timeline = new Timeline();
      await watchPods(api.kubeconfig, namespace, labels, nodes, timeline, stopWatching.signal);
      timeline.begin();
      try {
        await project.up((event) => timeline.hear(event));
        timeline.mark("done");
      } finally {
        stopWatching.abort();
      }
      await proveWhole(api, urlsIn(namespace), await loginOf(api, namespace));
      return timeline;
    }),
  );
}

function urlsIn(namespace: string): string[] {
  const host = (ordinal: number) => `couchdb-${ordinal}.couchdb-nodes.${namespace}.svc.cluster.local`;
  return Array.from({ length: nodes }, (_, ordinal) => `http://${host(ordinal)}:5984`);
}

/** By the Secret that is there, which differs by who made it. */
async function loginOf(api: TestCluster, namespace: string): Promise<{ adminUser: string; adminPassword: string }> {
  const { items } = await api.get<{ items: { data: Record<string, string> }[] }>(namespace, "secrets");
  const { data } = items.find((secret) => secret.data.password !== undefined)!;
  const text = (value: string) => Buffer.from(value, "base64").toString();
  return { adminUser: text((data.user ?? data.username)!), adminPassword: text(data.password!) };
}
