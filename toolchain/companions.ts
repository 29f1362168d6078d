import { chmod, copyFile, mkdir, readFile, realpath } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import which from "which";
import { cacheRoot, entryName, fillSlot, readSlot, type Slot } from "./cache";
import { Go } from "./go";
import { languageHostModule } from "./places";
import { type Say, timed } from "./progress";
import { requiredVersion } from "./versions";

const LANGUAGE_HOST = "pulumi-language-nodejs";
const SCRIPTS = ["pulumi-resource-pulumi-nodejs", "pulumi-analyzer-policy"];

/** What the CLI runs Node programs, dynamic providers and policy packs with. A packaged CLI has them beside it. */
export const COMPANIONS: readonly string[] = [LANGUAGE_HOST, ...SCRIPTS];

const SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3";

/** The companions that a CLI does not find, looking where the engine looks: on PATH and beside itself. */
export async function missingCompanions(pulumi: string, path: string): Promise<string[]> {
  const searched = [path, dirname(await realpath(pulumi))].join(delimiter);
  const found = await Promise.all(COMPANIONS.map((name) => which(name, { path: searched, nothrow: true })));
  return COMPANIONS.filter((_, index) => found[index] === null);
}

/** A folder with all companions, in the cache; built if it isn't there. */
export async function companionsFolder(env: NodeJS.ProcessEnv, say: Say): Promise<string> {
  const version = requiredVersion(await readFile(join(languageHostModule, "go.mod"), "utf8"), SDK_MODULE);
  const slot: Slot = {
    folder: join(cacheRoot(env), entryName("pulumi-nodejs-built", version)),
    executables: COMPANIONS.map((name) => join("bin", name)),
  };
  if (!(await readSlot(slot))) {
    const go = await Go.find(env, WHAT);
    await fillSlot(slot, say, async (folder) => {
      const work = () => make(go, join(folder, "bin"));
      await timed(say, `building ${WHAT} ${version} from its Go module`, "about a minute, once", work);
      return { version };
    });
  }
  return join(slot.folder, "bin");
}

const WHAT = "Pulumi's Node language host";

async function make(go: Go, folder: string): Promise<void> {
  await mkdir(folder);
  const host = `${SDK_MODULE}/nodejs/cmd/${LANGUAGE_HOST}`;
  await go.build(WHAT, languageHostModule, host, join(folder, LANGUAGE_HOST));
  const sources = await go.moduleSources(WHAT, languageHostModule, SDK_MODULE);
  for (const script of SCRIPTS) {
    await copyFile(join(sources, "nodejs", "dist", script), join(folder, script));
    await chmod(join(folder, script), 0o755); // a module cache is read-only, without executable bits
  }
}
