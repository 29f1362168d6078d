import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GoMissingError } from "../../toolchain/errors";
import type { Say } from "../../toolchain/progress";
import { alone } from "./alone";
import { type Binaries, findBinaries, missingPackages } from "./binaries";
import { Box, until } from "./box";
import { attempt, command } from "./command";
import { startControlPlane } from "./control-plane";
import { makeCredentials } from "./credentials";
import { remove } from "./down";
import { importImages } from "./images";
import { allImages } from "./images/all";
import { kubectl } from "./kubectl";
import { makeNetwork } from "./network";
import { startContainerd, startKubelet } from "./node";
import { clusterObjects } from "./objects";
import { nodes, root } from "./places";

/** Why there can be no testbed here. */
export class TestbedImpossibleError extends Error {
  constructor(reason: string) {
    super(`No Kubernetes can be started here: ${reason}`);
    this.name = "TestbedImpossibleError";
  }
}

/** Starts what of the testbed does not run, and waits until pods can be scheduled. */
export async function up(say: Say): Promise<void> {
  await checkMachine();
  const binaries = await findBinaries(process.env, say).catch((error: unknown) => {
    if (error instanceof GoMissingError)
      throw new TestbedImpossibleError("it must be built, and Go is missing: https://go.dev/dl/");
    throw error;
  });
  await alone(() => start(binaries));
}

async function start(binaries: Binaries): Promise<void> {
  const box = await findBox();
  await makeCredentials();
  const images = allImages(binaries);
  const containers = nodes.map((node) => startContainerd(box, node));
  const imported = allOver([images, ...containers]).then(async () => importImages(await images, nodes));
  await allOver([imported, startControlPlane(box, binaries).then(() => createObjects(binaries))]);
  await allOver(nodes.map((node) => startKubelet(box, binaries, node)));
  await until("ready nodes", () =>
    attempt(...kubectl(binaries, "wait", "--for=condition=Ready", "nodes", ...nodes.map(({ name }) => name))),
  );
  // The taint is taken away a moment after the node is ready; until then no pod may run there.
  const notReady = 'jsonpath={.items[*].spec.taints[?(@.key=="node.kubernetes.io/not-ready")].key}';
  const [program, ...args] = kubectl(binaries, "get", "nodes", "--output", notReady);
  await until("nodes for any pod", async () => (await command(program, args)).trim() === "");
}

/** Does this machine have what it takes? @throws TestbedImpossibleError with what is missing. */
export async function checkMachine(): Promise<void> {
  if (process.platform !== "linux") throw new TestbedImpossibleError("it needs Linux.");
  if (process.getuid?.() !== 0)
    throw new TestbedImpossibleError("it needs root, for network namespaces and containers.");
  const missing = await missingPackages();
  if (missing.length === 0) return;
  const list = missing.join(" ");
  throw new TestbedImpossibleError(`missing: ${list}. On Debian: apt-get update && apt-get install ${list}`);
}

/** The box that is there, or a new one. Without its box, the rest of a testbed is of no use. */
async function findBox(): Promise<Box> {
  const existing = await Box.find();
  if (existing) return existing;
  await remove();
  await mkdir(root, { recursive: true });
  await makeNetwork();
  return Box.make();
}

async function createObjects(binaries: Binaries): Promise<void> {
  const file = join(root, "objects.json");
  await writeFile(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: clusterObjects }));
  const [program, ...args] = kubectl(binaries, "apply", "--server-side", "--force-conflicts", "-f", file);
  // The API server says that it is ready before the namespaces are there.
  await until("the cluster's objects", () => command(program, args));
}

/** Fails, where one does, when the others are over too, so that nothing of this is in the way of another try. */
async function allOver(works: readonly Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(works);
  await Promise.all(works);
}
