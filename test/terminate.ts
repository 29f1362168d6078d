import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/**
 * Ends a process as a kubelet does: by SIGTERM, and by SIGKILL once the grace period is over, which is generous by
 * default. Returns the exit code, null where it was killed.
 */
export async function terminate(child: ChildProcess, graceSeconds = 60): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const kill = setTimeout(() => child.kill("SIGKILL"), graceSeconds * 1000);
  const [code] = (await exited) as [number | null];
  clearTimeout(kill);
  return code;
}
