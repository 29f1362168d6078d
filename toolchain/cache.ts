import { constants } from "node:fs";
import { access, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { basename, dirname, isAbsolute, join } from "node:path";
import { lock } from "proper-lockfile";
import type { Say } from "./progress";

/** What a finished cache folder says of itself, in its `entry.json`. */
export interface Entry {
  version: string;
}

/** A folder of the cache: made once, complete or not there. */
export interface Slot {
  folder: string;
  /** Files in the folder without which it is not complete. */
  executables: readonly string[];
}

/** Where what takes long to make is kept, outside the checkout: `$XDG_CACHE_HOME` or `~/.cache`. */
export function cacheRoot(env: NodeJS.ProcessEnv): string {
  const xdg = env.XDG_CACHE_HOME;
  // The standard says to ignore a relative path.
  const base = xdg && isAbsolute(xdg) ? xdg : join(homeFolder(env), ".cache");
  return join(base, "pulumi-couch", "toolchain");
}

/** The home folder, also where HOME is empty. */
export function homeFolder(env: NodeJS.ProcessEnv): string {
  return env.HOME || userInfo().homedir;
}

/** A folder's name in the cache: one per tool, version and kind of machine (a home folder may be shared by several). */
export function entryName(tool: string, version: string, platform = process.platform, arch = process.arch): string {
  return `${tool}-${version}-${platform}-${arch}`;
}

/** What is in a slot if it is complete; undefined if it is missing or half made. */
export async function readSlot(slot: Slot): Promise<Entry | undefined> {
  try {
    const entry = JSON.parse(await readFile(join(slot.folder, "entry.json"), "utf8")) as Entry;
    await Promise.all(slot.executables.map((file) => access(join(slot.folder, file), constants.X_OK)));
    return entry;
  } catch {
    return undefined;
  }
}

/**
 * Fills a slot unless it is complete already. The work is done in a folder beside it, which takes the slot's name only
 * when all is there; so an interruption leaves nothing that counts. Of several processes, one works and the others wait.
 */
export async function fillSlot(slot: Slot, say: Say, make: (folder: string) => Promise<Entry>): Promise<Entry> {
  await mkdir(dirname(slot.folder), { recursive: true });
  const unlock = await lockSlot(slot, say);
  try {
    const byAnother = await readSlot(slot);
    if (byAnother) return byAnother;
    await removeLeftovers(slot);
    const partial = `${slot.folder}.partial-${process.pid}`;
    try {
      await mkdir(partial);
      const entry = await make(partial);
      await writeFile(join(partial, "entry.json"), JSON.stringify(entry));
      await rename(partial, slot.folder);
      return entry;
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  } finally {
    await unlock();
  }
}

async function lockSlot(slot: Slot, say: Say): Promise<() => Promise<void>> {
  const options = {
    realpath: false, // the folder isn't there yet
    stale: 20_000, // a killed process holds the others up no longer than this
    onCompromised: () => {}, // losing the lock costs double work; the rename still keeps the result whole
  };
  let unlock: () => Promise<void>;
  try {
    unlock = await lock(slot.folder, options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
    say(`waiting for another process that makes ${basename(slot.folder)} …`);
    unlock = await lock(slot.folder, { ...options, retries: { forever: true, minTimeout: 100, maxTimeout: 1000 } });
  }
  // A lock that was lost can't be given back; that must not fail the run.
  return () => unlock().catch(() => {});
}

/** Removes what interrupted runs left: no other process works on this slot while its lock is held. */
async function removeLeftovers(slot: Slot): Promise<void> {
  const parent = dirname(slot.folder);
  const name = basename(slot.folder);
  const leftovers = (await readdir(parent)).filter((entry) => entry === name || entry.startsWith(`${name}.partial-`));
  await Promise.all(leftovers.map((entry) => rm(join(parent, entry), { recursive: true, force: true })));
}
