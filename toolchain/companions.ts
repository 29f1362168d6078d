import { chmod, copyFile, mkdir, readFile, realpath } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import which from "which";
import { cacheRoot, entryName, fillSlot, readSlot, type Slot } from "./cache";
import type { Cli, Search } from "./cli";
import { Go } from "./go";
import { languageHostModule } from "./places";
import { timed } from "./progress";
import { requiredVersion } from "./versions";

const LANGUAGE_HOST = "pulumi-language-nodejs";
const SCRIPTS = ["pulumi-resource-pulumi-nodejs", "pulumi-analyzer-policy"];

/** What the CLI runs Node programs, dynamic providers and policy packs with. A packaged CLI brings them along. */
export const COMPANIONS: readonly string[] = [LANGUAGE_HOST, ...SCRIPTS];

const SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3";

/** The PATH on which the engine finds the CLI and all its companions; those that are missing are built. */
export async function pathWithCompanions(cli: Cli, search: Search): Promise<string> {
  const path = extendPath(search.env.PATH ?? "", cli, dirname(await realpath(cli.pulumi)));
  const found = await Promise.all(COMPANIONS.map((name) => which(name, { path, nothrow: true })));
  if (!found.includes(null)) return path;
  // Last, so that what the CLI brings along goes before it.
  return [path, await companionsFolder(search)].join(delimiter);
}

/**
 * The PATH with the CLI's folder: before all others for a CLI of ours; for the user's own, which is on it, the folder
 * that its link leads to comes after all others.
 */
export function extendPath(path: string, cli: Pick<Cli, "pulumi" | "source">, realFolder: string): string {
  const folders = path.split(delimiter).filter((folder) => folder !== "");
  if (cli.source !== "path") return [dirname(cli.pulumi), ...folders].join(delimiter);
  return (folders.includes(realFolder) ? folders : [...folders, realFolder]).join(delimiter);
}

async function companionsFolder({ env, say }: Search): Promise<string> {
  const version = requiredVersion(await readFile(join(languageHostModule, "go.mod"), "utf8"), SDK_MODULE);
  const slot: Slot = {
    folder: join(cacheRoot(env), entryName("pulumi-nodejs-built", version)),
    executables: COMPANIONS.map((name) => join("bin", name)),
  };
  const bin = join(slot.folder, "bin");
  if (await readSlot(slot)) return bin;

  const what = "Pulumi's Node language host";
  const go = await Go.find(env, what);
  await fillSlot(slot, say, async (folder) => {
    await mkdir(join(folder, "bin"));
    await timed(say, `building ${what} ${version} from its Go module`, "about a minute, once", async () => {
      const file = join(folder, "bin", LANGUAGE_HOST);
      await go.build(what, languageHostModule, `${SDK_MODULE}/nodejs/cmd/${LANGUAGE_HOST}`, file);
      const sources = await go.moduleSources(what, languageHostModule, SDK_MODULE);
      for (const script of SCRIPTS)
        await copyScript(join(sources, "nodejs", "dist", script), join(folder, "bin", script));
    });
    return { version };
  });
  return bin;
}

async function copyScript(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  await chmod(to, 0o755); // a module cache is read-only, and keeps no executable bits
}
