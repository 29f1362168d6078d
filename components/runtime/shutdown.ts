import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "./log";

/** Something to finish before the process ends. */
export interface ShutdownStep {
  /** What it does, for the log: "answer the open requests". */
  name: string;
  /** Milliseconds after which the next step begins although this one has not finished. */
  timeout: number;
  run(): unknown;
}

/** Where signals come from, and what ends the process. */
export interface ShutdownProcess {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  exit(code: number): unknown;
}

/**
 * Ends the process in good order by SIGTERM or SIGINT: runs the steps one after the other, then exits with 0. A step
 * that fails or takes too long is logged and holds up no other. Further signals change nothing, as the end is near.
 */
export function shutdownOnSignal(steps: readonly ShutdownStep[], log: Log, target: ShutdownProcess = process): void {
  let ending = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    target.on(signal, async () => {
      if (ending) return;
      ending = true;
      log("info", `ending: ${signal}`);
      for (const step of steps) await runWithin(step, log);
      target.exit(0);
    });
}

async function runWithin({ name, timeout, run }: ShutdownStep, log: Log): Promise<void> {
  const timer = new AbortController();
  const late = sleep(timeout, "late" as const, { signal: timer.signal }).catch(() => undefined);
  try {
    const outcome = await Promise.race([Promise.resolve(run()).then(() => undefined), late]);
    if (outcome === "late") log("warning", `ending: could not ${name} within ${timeout / 1000} s`);
  } catch (error) {
    log("warning", `ending: could not ${name}: ${(error as Error).message}`);
  } finally {
    timer.abort();
  }
}
