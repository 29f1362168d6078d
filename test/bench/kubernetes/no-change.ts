/** How long a `pulumi up` of many clusters takes that has nothing to do. */
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { cluster } from "../../testbed";
import { compare, timed } from "../measure";
import { type Result, seconds } from "../table";
import { withNamespace } from "./namespace";
import type { Bare } from "./programs/bare";
import { type Project, withProject } from "./project";

const count = 20;

/** How much longer ours may take than as many bare Kubernetes resources. */
const target = 1.3;

/** A resource of a stack's state, as far as it is looked at. */
interface StateResource {
  urn: string;
  type: string;
  inputs: Record<string, unknown>;
}

/**
 * Compares stacks in one namespace: the clusters, of one node each so that all have room; their Kubernetes resources
 * alone, as the first stack's state has them but under other names; and these with as many ConfigMaps more as the
 * clusters have resources of other kinds.
 */
export async function benchKubernetesNoChange(repetitions: number): Promise<Result[]> {
  const api = await cluster();
  const resources = { requests: { cpu: "10m", memory: "32Mi" } };
  const args = {
    count,
    storageSize: "10Mi",
    resources,
    keepVolumes: false,
    terminationGraceSeconds: 5,
    drainSeconds: 1,
  };
  return withNamespace(api, (namespace) =>
    withProject({ module: "clusters", args: { ...args, namespace } }, async (ours) => {
      await ours.up();
      const { deployment } = await ours.stack.exportStack();
      const state = (deployment.resources as StateResource[]).filter(({ type }) => !type.startsWith("pulumi:"));
      const same = state.filter(isKubernetes);
      const others = state.filter((resource) => !isKubernetes(resource) && !isComponent(resource));
      const bareSame = same.map((resource) => bare("fewer", resource));
      const filled = [
        ...same.map((resource) => bare("as-many", resource)),
        ...others.map((_, index) => configMap(namespace, index)),
      ];
      return withProject({ module: "bare", args: { resources: bareSame } }, (fewer) =>
        withProject({ module: "bare", args: { resources: filled } }, async (asMany) => {
          await fewer.up();
          await asMany.up();
          const medians = await compare(
            { ours: unchanged(ours), fewer: unchanged(fewer), asMany: unchanged(asMany) },
            repetitions,
          );
          const row = { what: `\`pulumi up\` of ${count} clusters without changes`, median: seconds(medians.ours) };
          return [
            {
              ...row,
              against: `${filled.length} bare resources ${seconds(medians.asMany)}`,
              ratio: medians.ours / medians.asMany,
              limit: target,
            },
            {
              ...row,
              against: `the ${same.length} Kubernetes resources among them ${seconds(medians.fewer)}`,
              ratio: medians.ours / medians.fewer,
            },
          ];
        }),
      );
    }),
  );
}

function isKubernetes({ type }: StateResource): boolean {
  return type.startsWith("kubernetes:");
}

function isComponent({ type }: StateResource): boolean {
  return type.startsWith("pulumi-couch:");
}

/** Under a name with this before it, without pods, and with nothing secret in it. */
function bare(prefix: string, { urn, type, inputs }: StateResource): Bare {
  const [, path, kind] = type.split(":") as [string, string, string];
  const [group, version] = path.split("/") as [string, string];
  const args = structuredClone(inputs) as { metadata: { name: string }; [key: string]: unknown };
  args.metadata.name = `${prefix}-${args.metadata.name}`;
  if (kind === "Secret") args.data = { password: "YmVuY2g=" };
  if (kind === "StatefulSet") args.spec = { ...(args.spec as object), replicas: 0 };
  return { type: [group.replace(/\..*/, ""), version, kind], name: urn.split("::").at(-1)!, args };
}

function configMap(namespace: string, index: number): Bare {
  const name = `filling-${index}`;
  return { type: ["core", "v1", "ConfigMap"], name, args: { metadata: { name, namespace }, data: { key: "value" } } };
}

/** Times an `up`, and sees to it that it had nothing to do. */
function unchanged(project: Project): () => Promise<number> {
  return () => {
    let changes: Record<string, number> | undefined;
    const hear = ({ summaryEvent }: EngineEvent) => {
      changes = summaryEvent?.resourceChanges ?? changes;
    };
    return timed(async () => {
      await project.up(hear);
      const { same: _, ...others } = changes ?? {};
      if (!changes || Object.keys(others).length > 0)
        throw new Error(`not without changes: ${JSON.stringify(changes)}`);
    });
  };
}
