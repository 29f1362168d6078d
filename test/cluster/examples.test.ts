/** The examples, from the packed package, with the commands of their READMEs: what a user has who copies one. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { checkout } from "../../toolchain/places";
import { kubernetesPlugin } from "../doubles/kubernetes/plugin";
import { ended } from "../engine/quickstart";
import { commandsOf } from "../engine/readme-blocks";
import { engineEnvironment, scratchFolder } from "../engine/stack";
import { eventually } from "../eventually";
import { cluster, type TestCluster } from "../testbed";
import { idleStatefulSet } from "./hook-account";
import type { Pod } from "./orders";

const run = promisify(execFile);

/** An example as a user has it. */
class Example {
  private constructor(
    readonly api: TestCluster,
    private readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  static async copy(t: TestContext, name: string): Promise<Example | undefined> {
    const api = await cluster();
    await kubernetesPlugin();
    const engine = await engineEnvironment(t);
    if (!engine) return undefined;
    const scratch = scratchFolder(t);
    const folder = join(scratch, "project");
    cpSync(join(checkout, "examples", name), folder, {
      recursive: true,
      filter: (file) => !/node_modules|state$/.test(file),
    });
    await install(scratch, folder);
    const home = join(scratch, "home");
    mkdirSync(home);
    // README commands say `kubectl`, which is not on every machine's PATH under this name.
    symlinkSync(api.program, join(home, "kubectl"));
    const env = {
      PATH: `${home}:${engine.PATH}`,
      HOME: home,
      KUBECONFIG: api.kubeconfig,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_SKIP_CONFIRMATIONS: "true",
    };
    return new Example(api, folder, env);
  }

  /** The commands of its README, in order, but for the installation. */
  get commands(): string {
    const readme = readFileSync(join(this.folder, "README.md"), "utf8");
    return commandsOf(readme).replace(/^npm install .*$/m, "");
  }

  /** Runs commands as a user's shell would, and returns what they have shown. */
  async shell(commands: string): Promise<string> {
    const shell = spawn("bash", ["-euxo", "pipefail", "-c", commands], { cwd: this.folder, env: this.env });
    const { status, shown } = await ended(shell);
    assert.equal(status, 0, shown);
    return shown;
  }
}

/**
 * Puts the packed package, and all that it needs, in the project's `node_modules`. What it needs is linked from the
 * checkout: from the testbed no registry can be reached.
 */
async function install(scratch: string, folder: string): Promise<void> {
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", scratch];
  const { stdout } = await run("npm", args, { cwd: checkout });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "pulumi-couch"), { recursive: true });
  await run("tar", ["-xzf", join(scratch, filename), "--strip-components=1", "-C", join(modules, "pulumi-couch")]);
  const installed = join(checkout, "node_modules");
  for (const name of readdirSync(installed))
    if (name !== "pulumi-couch" && statSync(join(installed, name)).isDirectory())
      symlinkSync(join(installed, name), join(modules, name));
}

/** Has each command that is timed say so. */
function timed(commands: string): string {
  return commands.replaceAll(/^pulumi up$/gm, "TIMEFORMAT='up took %R s'; time pulumi up");
}

function tellTimes(t: TestContext, shown: string): void {
  for (const [line] of shown.matchAll(/up took [\d.]+ s/g)) t.diagnostic(line);
}

for (const join of ["provider", "sidecar"])
  test(`couchdb-kubernetes, joined by the ${join}`, async (t) => {
    const example = await Example.copy(t, "couchdb-kubernetes");
    if (!example) return;
    const namespace = await example.api.namespace(t, "example");
    const settings = `$&\npulumi config set join ${join}\npulumi config set namespace ${namespace}\npulumi preview`;
    // As they stand, but for a namespace of the test's own, and a second update that must find nothing to do.
    const commands = timed(example.commands)
      .replace("pulumi config set spread none", settings)
      .replace("pulumi destroy", "pulumi up --expect-no-changes\npulumi stack output members\n$&");
    const shown = await example.shell(commands);
    tellTimes(t, shown);
    assert.match(shown, /^\["couchdb@couchdb-0\S+couchdb@couchdb-4\S+"\]$/m);
    assert.match(shown, /persistentvolumeclaim "data-couchdb-4" deleted/);
  });

test("shop-on-kubernetes", async (t) => {
  const example = await Example.copy(t, "shop-on-kubernetes");
  if (!example) return;
  const namespace = `shop-${process.pid}`;
  t.after(() => example.api.removeNamespace(namespace));
  const settings = `$&\npulumi config set namespace ${namespace}\npulumi preview`;
  const commands = timed(example.commands)
    .replace("pulumi config set spread none", settings)
    .replace("pulumi destroy", "pulumi up --expect-no-changes\n$&");
  const shown = await example.shell(commands);
  tellTimes(t, shown);
  assert.match(shown, /^1 orders$/m); // of the one visit, and none of Kubernetes' probes
});

test("reschedule-hook", async (t) => {
  const example = await Example.copy(t, "reschedule-hook");
  if (!example) return;
  const { api } = example;
  const namespace = await api.namespace(t, "example");
  await api.apply(namespace, [idleStatefulSet("orders", 3, { app: "orders" })]);
  const host = await eventually("the pods are ready", async () => {
    const { status } = await api.get<{ status: { readyReplicas?: number } }>(namespace, "statefulset", "orders");
    const { spec } = await api.get<Pod>(namespace, "pod", "orders-0");
    return status.readyReplicas === 3 && spec.nodeName;
  });
  t.after(() => api.kubectl("uncordon", host));
  const settings = [
    "pulumi config set reschedule delete-after-ready",
    `pulumi config set namespace ${namespace}`,
    `pulumi config set --path 'namespaces[0]' ${namespace}`,
    "pulumi preview",
  ].join("\n");
  // As they stand, but for a namespace of the test's own, and a host of which nobody else's pods are taken.
  const commands = timed(example.commands)
    .replace("pulumi config set reschedule delete-after-ready", settings)
    .replace(/^kubectl drain HOST (.*)$/m, `kubectl drain ${host} $1 --pod-selector app=orders`)
    .replace("pulumi destroy", "pulumi up --expect-no-changes\n$&");
  const shown = await example.shell(commands);
  tellTimes(t, shown);
  assert.match(shown, /Reschedule annotation added to pod/);
  assert.match(shown, / drained$/m);
});
