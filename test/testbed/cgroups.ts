import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { attempt } from "./command";
import { namespace, type TestbedNode } from "./places";

const ROOT = "/sys/fs/cgroup";

/** The control group under which a node's kubelet keeps its pods. */
export function nodeCgroup(node: TestbedNode): string {
  return `/${namespace}/${node.name}`;
}

/** Makes a node's control group, in which every controller is available. */
export async function makeCgroup(node: TestbedNode): Promise<void> {
  if (!(await isUnified())) {
    for (const hierarchy of await hierarchies()) await mkdir(join(hierarchy, nodeCgroup(node)), { recursive: true });
    return;
  }
  let group = ROOT;
  for (const name of [namespace, node.name]) {
    await handDownControllers(group);
    group = join(group, name);
    await mkdir(group, { recursive: true });
  }
}

/** Removes the control groups of all pods; their processes must have ended. */
export async function removeCgroups(): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    const folder = join(hierarchy, namespace);
    await attempt("find", folder, "-depth", "-type", "d", "-exec", "rmdir", "{}", ";");
  }
}

/** Version 2 of control groups: one hierarchy for all controllers. In version 1 each has its own. */
async function isUnified(): Promise<boolean> {
  return (await readdir(ROOT)).includes("cgroup.controllers");
}

async function hierarchies(): Promise<string[]> {
  return (await isUnified()) ? [ROOT] : (await readdir(ROOT)).map((name) => join(ROOT, name));
}

async function handDownControllers(group: string): Promise<void> {
  const controllers = (await readFile(join(group, "cgroup.controllers"), "utf8")).trim().split(/\s+/).filter(Boolean);
  await writeFile(join(group, "cgroup.subtree_control"), controllers.map((name) => `+${name}`).join(" "));
}
