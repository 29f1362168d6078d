/** The files of the CouchDB image in a folder, to be run without a container: the same scripts, at another path. */
import { type ChildProcess, spawn } from "node:child_process";
import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { command } from "../../command";
import { completeHome, imageFiles } from "./index";

/** One container to be, which can be started more than once. */
export class Scratch {
  private constructor(private readonly folder: string) {}

  /** Makes the files of the image in a folder that everyone may enter. */
  static async make(folder: string): Promise<Scratch> {
    const scratch = new Scratch(folder);
    await cp(imageFiles, folder, { recursive: true });
    await completeHome(scratch.home, "3.5.1");
    await mkdir(join(scratch.home, "erts/bin"), { recursive: true });
    await symlink(process.execPath, join(scratch.home, "erts/bin/beam"));
    const entrypoint = (await readFile(scratch.entrypoint, "utf8")).replaceAll("/opt/couchdb", scratch.home);
    await writeFile(scratch.entrypoint, isRoot ? entrypoint : entrypoint.replaceAll("5984:5984", ownUser));
    if (isRoot) await command("chown", ["-R", "5984:5984", scratch.home]);
    return scratch;
  }

  get home(): string {
    return join(this.folder, "opt/couchdb");
  }

  private get entrypoint(): string {
    return join(this.folder, "usr/local/bin/docker-entrypoint.sh");
  }

  /** Reads a file below /opt/couchdb. */
  read(path: string): Promise<string> {
    return readFile(join(this.home, path), "utf8");
  }

  /**
   * Runs the entrypoint as a pod does, as the image's user where this process may change to it. It leads a process group:
   * without a container nothing else ends all of it at once.
   */
  start(env: Record<string, string>, asRoot = false): ChildProcess {
    const user = isRoot && !asRoot ? { uid: 5984, gid: 5984 } : {};
    const args = ["--", this.entrypoint, join(this.home, "bin/couchdb")];
    return spawn(join(this.folder, "usr/bin/tini"), args, {
      ...user,
      cwd: this.home,
      env: { PATH: process.env.PATH ?? "", ...env },
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    });
  }
}

/** Whether users can be changed to. */
export const isRoot = process.getuid?.() === 0;

/** Takes the place of the image's user where this process can't change to it. */
const ownUser = `${process.getuid?.()}:${process.getgid?.()}`;
