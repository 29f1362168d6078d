import { execFile } from "node:child_process";
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { version as sdkVersion } from "@pulumi/pulumi/version";
import which from "which";
import { cacheRoot, entryName, fillSlot, readSlot, type Slot } from "./cache";
import { COMPANIONS, companionsFolder } from "./companions";
import { Go, goEnvironment } from "./go";
import { download } from "./installer";
import { cliModule } from "./places";
import { type Say, timed } from "./progress";
import { isAtLeast, parseVersion, requiredVersion } from "./versions";

/** Where a CLI comes from: the user's PATH, Pulumi's installer, or a build from its Go module. */
export type Source = "path" | "installed" | "built";

/** A Pulumi CLI that runs. */
export interface Cli {
  /** Its path. */
  pulumi: string;
  version: string;
  source: Source;
}

/** What the search works with. */
export interface Search {
  env: NodeJS.ProcessEnv;
  say: Say;
}

interface Finder {
  source: Source;
  find: (search: Search) => Promise<Cli | undefined>;
}

/** Nothing older has been tried; a CLI that is taken from PATH must not be a surprise. */
const OLDEST_CLI = "3.200.0";

const PULUMI_MODULE = "github.com/pulumi/pulumi/pkg/v3";
const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** The search order: what is here costs nothing and goes first, a download before a build. */
const FINDERS: readonly Finder[] = [
  { source: "path", find: onPath },
  { source: "installed", find: async ({ env }) => fromSlot("installed", installedSlot(env)) },
  { source: "built", find: async ({ env }) => fromSlot("built", await builtSlot(env)) },
  { source: "installed", find: install },
  { source: "built", find: build },
];

/** Finds a CLI in the sources allowed, or makes one; undefined if none of them has one. */
export async function findCli(search: Search, sources: readonly Source[]): Promise<Cli | undefined> {
  for (const { find } of FINDERS.filter(({ source }) => sources.includes(source))) {
    const cli = await find(search);
    if (cli) return cli;
  }
  return undefined;
}

async function onPath({ env, say }: Search): Promise<Cli | undefined> {
  const pulumi = await which("pulumi", { path: env.PATH ?? "", nothrow: true });
  if (!pulumi) return undefined;
  const version = await versionOf(pulumi, env);
  if (version && isAtLeast(version, OLDEST_CLI)) return { pulumi, version, source: "path" };
  say(`${pulumi} (${version ?? "no version"}) is not taken: ${OLDEST_CLI} or later is needed`);
  return undefined;
}

async function install({ env, say }: Search): Promise<Cli | undefined> {
  const slot = installedSlot(env);
  try {
    await fillSlot(slot, say, async (folder) => ({ version: await download(folder, sdkVersion, say) }));
  } catch (error) {
    say(`Pulumi's installer can't be used (${String(error).split("\n", 1)[0]})`);
  }
  return fromSlot("installed", slot);
}

async function build({ env, say }: Search): Promise<Cli | undefined> {
  const slot = await builtSlot(env);
  const what = "the Pulumi CLI";
  const go = await Go.find(env, what);
  const companions = await companionsFolder(env, say);
  await fillSlot(slot, say, async (folder) => {
    const version = await moduleVersion();
    // Beside the CLI, where a packaged one has them: found elsewhere, they make the engine warn at each operation.
    await cp(companions, join(folder, "bin"), { recursive: true });
    await timed(say, `building ${what} ${version} from its Go module`, "a few minutes, once", () =>
      go.build(what, cliModule, `${PULUMI_MODULE}/cmd/pulumi`, executable(folder), `-X ${VERSION_VARIABLE}=${version}`),
    );
    const printed = await versionOf(executable(folder), goEnvironment(env));
    if (printed !== version) throw new Error(`the Pulumi CLI just built says it is ${printed}, not ${version}`);
    return { version };
  });
  return fromSlot("built", slot);
}

async function fromSlot(source: Source, slot: Slot): Promise<Cli | undefined> {
  const entry = await readSlot(slot);
  return entry && { pulumi: executable(slot.folder), version: entry.version, source };
}

function installedSlot(env: NodeJS.ProcessEnv): Slot {
  return cliSlot(env, entryName("pulumi-installed", sdkVersion), ["pulumi"]);
}

async function builtSlot(env: NodeJS.ProcessEnv): Promise<Slot> {
  return cliSlot(env, entryName("pulumi-built", await moduleVersion()), ["pulumi", ...COMPANIONS]);
}

function cliSlot(env: NodeJS.ProcessEnv, name: string, executables: readonly string[]): Slot {
  return { folder: join(cacheRoot(env), name), executables: executables.map((file) => join("bin", file)) };
}

/** The same place in both slots: where the Automation API looks below an installation's root. */
function executable(folder: string): string {
  return join(folder, "bin", "pulumi");
}

async function moduleVersion(): Promise<string> {
  return requiredVersion(await readFile(join(cliModule, "go.mod"), "utf8"), PULUMI_MODULE);
}

async function versionOf(pulumi: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const options = { env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" }, timeout: 20_000 };
    return parseVersion((await promisify(execFile)(pulumi, ["version"], options)).stdout);
  } catch {
    return undefined;
  }
}
