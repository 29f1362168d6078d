import { type ChildProcess, execFile, type SpawnOptions, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Starts a command that writes its own process id to a file before it begins, so that the process is found again
 * even if its parent is killed at that moment.
 */
export function spawnWithPidFile(pidFile: string, command: string[], options: SpawnOptions): ChildProcess {
  return spawn("/bin/sh", ["-c", 'echo $$ > "$0" && exec "$@"', pidFile, ...command], options);
}

/**
 * The process that wrote a pid file, while it runs.
 *
 * @param mark part of its command line: another process may have the same id by now
 */
export async function runningProcess(pidFile: string, mark: string): Promise<number | undefined> {
  const pid = Number(await readFile(pidFile, "utf8").catch(() => ""));
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return (await commandLine(pid)).includes(mark) ? pid : undefined;
}

/** Asks the process that wrote a pid file to end, and kills it if it does not. Returns whether there was one. */
export async function endProcess(pidFile: string, mark: string): Promise<boolean> {
  const pid = await runningProcess(pidFile, mark);
  if (pid === undefined) return false;
  const gone = async () => (await runningProcess(pidFile, mark)) === undefined;
  send(pid, "SIGTERM");
  if (await within(10_000, gone)) return true;
  send(pid, "SIGKILL");
  if (await within(5_000, gone)) return true;
  throw new Error(`process ${pid} does not end`);
}

/**
 * Ends a command and all that it started, including what outlived it: every process with this variable and value in
 * its environment. The command itself is interrupted first.
 *
 * @param timeoutMs how long the command may take to end in good order before it is killed
 */
export async function endFamily(variable: string, value: string, command: string, timeoutMs: number): Promise<void> {
  const family = () => processesWith(`${variable}=${value}`);
  const leaders = async () => {
    const pids = await family();
    const lines = await Promise.all(pids.map(commandLine));
    return pids.filter((_, index) => lines[index]!.startsWith(`${command} `));
  };
  for (const pid of await leaders()) send(pid, "SIGINT");
  await within(timeoutMs, async () => (await leaders()).length === 0);
  await within(500, async () => (await family()).length === 0);
  for (const pid of await family()) send(pid, "SIGKILL");
}

async function within(milliseconds: number, condition: () => Promise<boolean>): Promise<boolean> {
  for (const end = performance.now() + milliseconds; performance.now() < end; await sleep(50)) {
    if (await condition()) return true;
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

// Not every Linux has `ps`, and only Linux has /proc.
const hasProc = existsSync("/proc/self/environ");

/** The command line of a process; empty when it has ended. */
async function commandLine(pid: number): Promise<string> {
  if (hasProc) return (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " ");
  return (await run("ps", ["-ww", "-o", "command=", "-p", String(pid)]).catch(() => ({ stdout: "" }))).stdout;
}

/** This user's processes that have an entry, as `NAME=value`, in their environment. */
async function processesWith(entry: string): Promise<number[]> {
  if (!hasProc) {
    const { stdout } = await run("ps", ["xeww", "-o", "pid=,command="], { maxBuffer: 64 * 1024 * 1024 });
    const lines = stdout.split("\n").filter((line) => line.split(" ").includes(entry));
    return lines.map((line) => Number.parseInt(line, 10));
  }
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const environments = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/environ`, "utf8").catch(() => "")));
  return pids.filter((_, index) => environments[index]!.split("\0").includes(entry)).map(Number);
}
