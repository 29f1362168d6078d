import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chown, mkdir, open, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { eventually } from "../eventually";
import { controllerManagerUid } from "./credentials";
import { processesIn } from "./network";
import { namespace, root } from "./places";

/** Where the controller manager makes volumes; there is no other choice. */
const VOLUMES = "/tmp/hostpath_pv";

/**
 * Where programs write whatever their configuration. In the box these are folders of our own; outside they
 * are only the places to mount on.
 */
const PRIVATE = ["/run/containerd", "/var/lib/kubelet", "/var/lib/cni", "/var/log/containers", VOLUMES];

/** By this the command line of the first process is recognized among others in the network namespace. */
const MARK = `${namespace}-testbed-box`;
const MADE = join(root, "mount-points.json");

/**
 * The box in which all processes of the testbed live: a process namespace and a mount namespace. Its first process only
 * holds it and reaps orphans; when that ends, by whatever hand, the kernel ends all others and drops their mounts.
 */
export class Box {
  private constructor(private readonly holder: number) {}

  /** The box that is there, if there is one. */
  static async find(): Promise<Box | undefined> {
    for (const pid of await processesIn(namespace)) {
      // `unshare` waits outside; the first process inside is the one to recognize the box by and to enter it by.
      if ((await commandLine(pid)).includes(MARK) && (await isFirstInside(pid))) return new Box(pid);
    }
    return undefined;
  }

  /** Makes the box; the network must be there. */
  static async make(): Promise<Box> {
    const made: string[] = [];
    for (const folder of PRIVATE) {
      await mkdir(inside(folder), { recursive: true });
      const first = await mkdir(folder, { recursive: true });
      if (first) made.push(folder);
    }
    if (!existsSync(MADE)) await writeFile(MADE, JSON.stringify(made));
    await chown(inside(VOLUMES), controllerManagerUid, controllerManagerUid);
    const mounts = PRIVATE.map((folder) => `mount --bind ${inside(folder)} ${folder}`);
    const script = `: ${MARK}; ${mounts.join(" && ")} && touch ${root}/box && while :; do sleep 3600 & wait; done`;
    await rm(join(root, "box"), { force: true });
    const unshare = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", script];
    await detached("box", ["nsenter", `--net=/run/netns/${namespace}`, ...unshare]);
    await until("the box", async () => existsSync(join(root, "box")));
    const box = await Box.find();
    if (!box) throw new Error(`the testbed's first process ended at once; see ${logFile("box")}`);
    return box;
  }

  /** Starts a program inside, unless it runs there. */
  async start(name: string, args: readonly string[], options: { netns?: string; uid?: number } = {}): Promise<void> {
    if (await this.runs(name)) return;
    const pidFile = join(root, `${name}.pid`);
    // The pid is the one inside, and is written before the program takes the shell's place.
    const shell = ["sh", "-c", `echo $$ > "$0" && exec "$@"`, pidFile];
    const enter = [`--target=${this.holder}`, "--mount", "--pid", `--net=/run/netns/${options.netns ?? namespace}`];
    const uid = options.uid;
    const become = uid === undefined ? [] : ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"];
    await rm(pidFile, { force: true });
    await detached(name, ["nsenter", ...enter, ...shell, ...become, ...args]);
  }

  /** Ends everything in the box. */
  async end(): Promise<void> {
    process.kill(this.holder, "SIGKILL");
    await until("the end of all processes", async () => !existsSync(`/proc/${this.holder}`));
  }

  /** Waits for what a program inside brings about, unless it has ended. */
  async until(what: string, name: string, holds: () => Promise<boolean>): Promise<void> {
    let ended = false;
    await until(what, async () => {
      const there = await holds();
      ended = !there && (await pidOf(name)) !== "" && !(await this.runs(name));
      return there || ended;
    });
    if (ended) throw new Error(`${what}: ${name} has ended; see ${logFile(name)}`);
  }

  private async runs(name: string): Promise<boolean> {
    const pid = await pidOf(name);
    return pid !== "" && existsSync(`/proc/${this.holder}/root/proc/${pid}`);
  }
}

/** Removes the folders that were made only to mount on. */
export async function removeMountPoints(): Promise<void> {
  const made = JSON.parse(await readFile(MADE, "utf8").catch(() => "[]")) as string[];
  for (const folder of made) await rmdir(folder).catch(() => {}); // another process uses it by now
}

/** Where a program's output goes. */
export function logFile(name: string): string {
  return join(root, "logs", `${name}.log`);
}

/** Waits for what programs of the testbed bring about; where they don't, their logs tell why. */
export async function until(what: string, holds: () => Promise<unknown>): Promise<void> {
  await eventually(`${what} (logs are in ${root}/logs)`, holds, { seconds: 180 });
}

/** A program's process id inside; empty where it has not been started. */
async function pidOf(name: string): Promise<string> {
  return (await readFile(join(root, `${name}.pid`), "utf8").catch(() => "")).trim();
}

function inside(folder: string): string {
  return join(root, "private", folder.replaceAll("/", "-").slice(1));
}

async function detached(name: string, [program, ...args]: string[]): Promise<void> {
  await mkdir(dirname(logFile(name)), { recursive: true });
  const log = await open(logFile(name), "a");
  try {
    const child = spawn(program!, args, { detached: true, stdio: ["ignore", log.fd, log.fd] });
    await new Promise<void>((resolve, reject) => child.once("spawn", resolve).once("error", reject));
    child.unref();
  } finally {
    await log.close();
  }
}

async function commandLine(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""); // it may have ended
}

async function isFirstInside(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return /^NSpid:\t\d+\t1$/m.test(status);
}
