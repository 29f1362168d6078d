import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { rsort, valid } from "semver";
import { checkout } from "../../../toolchain/places";

const NAME = "pulumi-resource-kubernetes";

/** Whether tests are to use the stand-in: not on a cluster of the user's own, and not where the real plugin is there. */
export async function needsStandIn(env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  return !env.PULUMI_COUCH_KUBECONFIG && !isOnPath(env) && !(await installedPlugin(env));
}

/**
 * Puts the Kubernetes plugin on this process's PATH: the real one that Pulumi has installed, which tests with a
 * PULUMI_HOME of their own would not find, or the stand-in. Call it before anything runs the engine.
 */
export async function kubernetesPlugin(): Promise<void> {
  if (isOnPath(process.env)) return;
  const folder = (await installedPlugin(process.env)) ?? ((await needsStandIn()) ? await standInPlugin() : undefined);
  if (!folder) return;
  const path = (process.env.PATH ?? "").split(delimiter).filter((part) => part !== "" && part !== folder);
  process.env.PATH = [folder, ...path].join(delimiter);
}

function isOnPath(env: NodeJS.ProcessEnv): boolean {
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "" && folder !== standInFolder);
  return folders.some((folder) => existsSync(join(folder, NAME)));
}

/** The folder of the newest plugin that Pulumi has installed. */
async function installedPlugin(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const plugins = join(env.PULUMI_HOME || join(homedir(), ".pulumi"), "plugins");
  const prefix = "resource-kubernetes-v";
  const versions = (await readdir(plugins).catch(() => []))
    .filter((entry) => entry.startsWith(prefix) && existsSync(join(plugins, entry, NAME)))
    .map((entry) => entry.slice(prefix.length));
  const newest = rsort(versions.filter((version) => valid(version) !== null))[0];
  return newest === undefined ? undefined : join(plugins, prefix + newest);
}

const standInFolder = join(checkout, ".state", "kubernetes-plugin");

let made: Promise<string> | undefined;

/** Makes the stand-in plugin, once in a process, and returns the folder to put on PATH. */
export function standInPlugin(): Promise<string> {
  made ??= makeStandIn();
  return made;
}

async function makeStandIn(): Promise<string> {
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
