import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { lock } from "proper-lockfile";
import { checkout } from "../toolchain/places";

/** Environment variable with another folder for the quickstart's state, to run more than one. */
const FOLDER_VARIABLE = "PULUMI_COUCH_QUICKSTART_STATE";

/** A lock that was not renewed for so long is a killed process's. */
const STALE_MS = 5_000;

/** Everything that the quickstart keeps, in one folder that only its user can read. */
export class State {
  constructor(readonly folder: string) {}

  /** In the folder that the environment names. Default: `.state/quickstart` in the checkout. */
  static current(env: NodeJS.ProcessEnv = process.env): State {
    const named = env[FOLDER_VARIABLE];
    return new State(named ? resolve(named) : join(checkout, ".state", "quickstart"));
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  /** The same path, as a user in the current folder would type it. */
  shown(...parts: string[]): string {
    const path = relative("", this.path(...parts));
    return path.startsWith("..") ? this.path(...parts) : path;
  }

  exists(...parts: string[]): boolean {
    return existsSync(this.path(...parts));
  }

  /** Makes the folder, readable by its user alone, as is everything that this process and its children make later. */
  async open(): Promise<void> {
    process.umask(0o077);
    await mkdir(this.folder, { recursive: true });
  }

  async read(file: string): Promise<string | undefined> {
    return readFile(this.path(file), "utf8").catch(() => undefined);
  }

  /** Writes a file completely or, when interrupted, not at all. */
  async write(file: string, text: string): Promise<void> {
    await mkdir(dirname(this.path(file)), { recursive: true });
    await writeFile(this.path(`${file}.new`), text, { mode: 0o600 });
    await rename(this.path(`${file}.new`), this.path(file));
  }

  /** A random secret, made at the first call. */
  async secret(file: string): Promise<string> {
    const kept = (await this.read(file))?.trim();
    if (kept) return kept;
    const made = randomBytes(24).toString("hex");
    await this.write(file, `${made}\n`);
    return made;
  }

  /** Removes everything, and the folder above if it is empty then. */
  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
    await rmdir(dirname(this.folder)).catch(() => {});
  }

  /** Does something that no other start or stop does at the same time. */
  async exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    await mkdir(dirname(this.folder), { recursive: true });
    const retries = { retries: 30, factor: 1, minTimeout: STALE_MS / 20 };
    const unlock = await lock(this.folder, {
      realpath: false,
      stale: STALE_MS,
      retries,
      onCompromised: () => {},
    }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ELOCKED") throw error;
      throw new Error("another `npm start` or `npm stop` is running; let it end, or interrupt it, and try again");
    });
    try {
      return await work();
    } finally {
      await unlock().catch(() => {});
      await rmdir(dirname(this.folder)).catch(() => {});
    }
  }
}
