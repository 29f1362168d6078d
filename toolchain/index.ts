import { delimiter, dirname } from "node:path";
import { type Cli, findCli, type Source } from "./cli";
import { companionsFolder, missingCompanions } from "./companions";
import { ToolchainError } from "./errors";
import { type Say, sayOnStderr } from "./progress";

export type { Source } from "./cli";
export { BuildFailedError, GoMissingError, ToolchainError } from "./errors";

/** How to look for the toolchain; the defaults are what tests and the quickstart want. */
export interface ToolchainOptions {
  /** The environment to look in (PATH, XDG_CACHE_HOME, HOME …); default: this process's. */
  env?: NodeJS.ProcessEnv;
  /** Where a CLI may come from; default: PATH, Pulumi's installer, a build from Go modules. */
  sources?: readonly Source[];
  /** Takes the lines that tell what is made; default: stderr. Nothing is said where all is there. */
  say?: Say;
}

/** A Pulumi CLI that runs Node programs, dynamic providers and policy packs. */
export interface Toolchain extends Cli {
  /**
   * What to add to the environment of everything that runs Pulumi: PATH and Pulumi's switches. The Automation API
   * looks for the CLI on this process's own PATH: `Object.assign(process.env, toolchain.env)` before its first use.
   */
  env: { PATH: string; PULUMI_SKIP_UPDATE_CHECK: string };
}

const ALL_SOURCES: readonly Source[] = ["path", "installed", "built"];

/**
 * Finds the Pulumi CLI or makes one: the one on PATH, otherwise the one of Pulumi's installer, otherwise one built
 * from its Go module. What is made is kept in a cache outside the checkout, so only the first run takes time.
 *
 * @throws GoMissingError if something must be built without Go; BuildFailedError if the build fails.
 */
export async function findToolchain(options: ToolchainOptions = {}): Promise<Toolchain> {
  const search = { env: options.env ?? process.env, say: options.say ?? sayOnStderr };
  const sources = options.sources ?? ALL_SOURCES;
  const cli = await findCli(search, sources);
  if (!cli) throw new ToolchainError(`There is no Pulumi CLI (${sources.join(", ")}).`, "Allow more sources.");
  let path = search.env.PATH ?? "";
  if (cli.source !== "path") path = joinPath(dirname(cli.pulumi), path);
  const missing = await missingCompanions(cli.pulumi, path);
  // Last on PATH, so that what the CLI has of its own goes before it.
  if (missing.length > 0) path = joinPath(path, await companionsFolder(search.env, search.say));
  return { ...cli, env: { PATH: path, PULUMI_SKIP_UPDATE_CHECK: "true" } };
}

/** An empty part of a PATH would mean the current folder. */
function joinPath(...parts: string[]): string {
  return parts.filter((part) => part !== "").join(delimiter);
}
