/** How long a `pulumi up` takes that has nothing to do. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as automation from "@pulumi/pulumi/automation";
import * as couch from "../../components";
import { findToolchain } from "../../toolchain";
import { backendIn, scratch } from "../engine/stack";
import { type FreshNode, freshNodes } from "../nodes";
import { compare, timed } from "./measure";
import { type Result, seconds } from "./table";

/** Compares stacks of two resources: a `CouchDbMembership` with a `CouchDbDatabase`, and two that have nothing to do at all. */
export async function benchUp(repetitions: number): Promise<Result[]> {
  const { nodes, stop } = await freshNodes(3);
  try {
    return await withStack("ours", declaring(nodes), (ours) =>
      withStack("trivial", declaringNothing, async (trivial) => {
        const ways = { ours: () => timed(() => unchanged(ours)), trivial: () => timed(() => unchanged(trivial)) };
        const medians = await compare(ways, repetitions);
        return [
          {
            what: "`pulumi up` without changes",
            median: seconds(medians.ours),
            against: `resources without work ${seconds(medians.trivial)}`,
            ratio: medians.ours / medians.trivial,
          },
        ];
      }),
    );
  } finally {
    await stop();
  }
}

const declaring = (nodes: FreshNode[]) => async () => {
  const { adminUser: user, adminPassword: password } = nodes[0]!;
  const urls = nodes.map(({ url }) => ({ url }));
  const cluster = new couch.CouchDbMembership("cluster", { nodes: urls, adminUser: user, adminPassword: password });
  new couch.CouchDbDatabase("orders", { connection: cluster.connection, name: "orders", forceDestroy: true });
};

const nothing: pulumi.dynamic.ResourceProvider = {
  diff: async () => ({ changes: false }),
  create: async (inputs) => ({ id: "nothing", outs: inputs }),
};

class Nothing extends pulumi.dynamic.Resource {
  constructor(name: string, args: { after?: pulumi.Input<string> } = {}) {
    super(nothing, name, args, undefined, "bench", "Nothing");
  }
}

const declaringNothing = async () => {
  const first = new Nothing("first");
  new Nothing("second", { after: first.id });
};

/** Makes a stack on the file backend, brings it up once, and removes it after use. */
async function withStack<T>(
  name: string,
  program: automation.PulumiFn,
  use: (stack: automation.Stack) => Promise<T>,
): Promise<T> {
  const { env } = await findToolchain();
  Object.assign(process.env, env);
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, "bench-"));
  try {
    const envVars = { ...(env as Record<string, string>), ...backendIn(folder) };
    const settings = { stackName: name, projectName: "bench", program };
    const stack = await automation.LocalWorkspace.createStack(settings, { workDir: folder, envVars });
    await stack.up();
    const result = await use(stack);
    await stack.destroy();
    return result;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function unchanged(stack: automation.Stack): Promise<void> {
  const { same, ...changes } = (await stack.up()).summary.resourceChanges ?? {};
  if (same !== 3 || Object.keys(changes).length > 0) throw new Error(`not without changes: ${JSON.stringify(changes)}`);
}
