import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { checkout } from "../../../toolchain/places";

const NAME = "pulumi-resource-kubernetes";

/**
 * Whether tests are to use the stand-in: not on a cluster of the user's own, and not where the real plugin is there, on
 * PATH or where Pulumi installs plugins.
 */
export async function needsStandIn(env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  if (env.PULUMI_COUCH_KUBECONFIG) return false;
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "" && folder !== standInFolder);
  if (folders.some((folder) => existsSync(join(folder, NAME)))) return false;
  const plugins = join(env.PULUMI_HOME || join(homedir(), ".pulumi"), "plugins");
  const installed = await readdir(plugins).catch(() => [] as string[]);
  return !installed.some((entry) => entry.startsWith("resource-kubernetes-v") && !entry.endsWith(".lock"));
}

/** Puts the stand-in on this process's PATH where it is needed. Call it before anything runs the engine. */
export async function kubernetesPlugin(): Promise<void> {
  if (!(await needsStandIn())) return;
  const folder = await standInPlugin();
  const path = (process.env.PATH ?? "").split(delimiter).filter((part) => part !== "" && part !== folder);
  process.env.PATH = [folder, ...path].join(delimiter);
}

const standInFolder = join(checkout, ".state", "kubernetes-plugin");

/** Makes the stand-in plugin and returns the folder to put on PATH. */
export async function standInPlugin(): Promise<string> {
  await mkdir(standInFolder, { recursive: true });
  const file = join(standInFolder, NAME);
  const script = `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(join(__dirname, "main.js"))} "$@"\n`;
  // Moved into place, since another test's engine may be about to start it.
  const fresh = `${file}.${process.pid}`;
  await writeFile(fresh, script);
  await chmod(fresh, 0o755);
  await rename(fresh, file);
  return standInFolder;
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}
