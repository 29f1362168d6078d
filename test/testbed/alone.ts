import { lock } from "proper-lockfile";
import { root } from "./places";

/** Does something to the testbed while no other test does; a killed process holds the others up for some seconds. */
export async function alone<T>(work: () => Promise<T>): Promise<T> {
  const retries = { forever: true, minTimeout: 100, maxTimeout: 1000 };
  // The lock lies beside the folder, which may not be there yet and goes with `down`.
  const unlock = await lock(root, { realpath: false, stale: 10_000, retries });
  try {
    return await work();
  } finally {
    await unlock();
  }
}
