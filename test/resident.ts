import { readFileSync } from "node:fs";

/** KiB that a process of this machine has resident. */
export function residentKiB({ pid }: { pid?: number }): number {
  return residentKiBIn(readFileSync(`/proc/${pid}/status`, "utf8"));
}

/** The same by the text of `/proc/PID/status`, of a process elsewhere. */
export function residentKiBIn(status: string): number {
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1]);
}
