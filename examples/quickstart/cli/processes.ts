import { type ChildProcess, execFile, type SpawnOptions, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Starts a command that writes its own process id to a file before it begins, so that the process is found again
 * even if whoever started it is killed at that moment.
 */
export function spawnWithPidFile(pidFile: string, command: string[], options: SpawnOptions): ChildProcess {
  return spawn("/bin/sh", ["-c", 'echo $$ > "$0" && exec "$@"', pidFile, ...command], options);
}

/**
 * The process that wrote a pid file, while it runs.
 *
 * @param mark what stands in its command line: a process id alone may have gone to somebody else meanwhile
 */
export async function runningProcess(pidFile: string, mark: string): Promise<number | undefined> {
  const pid = Number(await readFile(pidFile, "utf8").catch(() => ""));
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return (await commandLine(pid)).includes(mark) ? pid : undefined;
}

/** Asks the process that wrote a pid file to end, then makes it. Returns whether there was one. */
export async function endProcess(
  pidFile: string,
  mark: string,
  { signal = "SIGTERM", patienceMs = 10_000 }: { signal?: NodeJS.Signals; patienceMs?: number } = {},
): Promise<boolean> {
  const pid = await runningProcess(pidFile, mark);
  if (pid === undefined) return false;
  const descendants = await descendantsOf(pid);
  send(pid, signal);
  if (!(await gone(pidFile, mark, patienceMs))) {
    for (const each of [pid, ...descendants]) send(each, "SIGKILL");
    if (!(await gone(pidFile, mark, 5_000))) throw new Error(`process ${pid} does not end`);
  }
  return true;
}

async function gone(pidFile: string, mark: string, patienceMs: number): Promise<boolean> {
  for (const end = performance.now() + patienceMs; performance.now() < end; await sleep(50)) {
    if ((await runningProcess(pidFile, mark)) === undefined) return true;
  }
  return false;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** The command line of a process; empty when it has ended. Not every Linux has `ps`, and only Linux has /proc. */
async function commandLine(pid: number): Promise<string> {
  if (existsSync("/proc/self/cmdline")) {
    const text = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    return text.replaceAll("\0", " ");
  }
  const { stdout } = await run("ps", ["-ww", "-o", "command=", "-p", String(pid)]).catch(() => ({ stdout: "" }));
  return stdout;
}

/** What a process has started, and these in turn. None where there is no `ps`. */
async function descendantsOf(pid: number): Promise<number[]> {
  const { stdout } = await run("ps", ["-A", "-o", "pid=,ppid="]).catch(() => ({ stdout: "" }));
  const parents = new Map(stdout.split("\n").map((line) => line.trim().split(/\s+/).map(Number) as [number, number]));
  const found = [pid];
  for (const parent of found) {
    for (const [child, itsParent] of parents) if (itsParent === parent) found.push(child);
  }
  return found.slice(1);
}
