import { spawn } from "node:child_process";
import { Box } from "./box";
import { down } from "./down";
import { KUBECONFIG_VARIABLE } from "./index";
import { insideNamespace } from "./inside";
import { kubeconfig, namespace } from "./places";
import { checkMachine, TestbedImpossibleError, up } from "./up";

/** The variable with which a testbed that the tests started stays up after them. */
const KEEP_VARIABLE = "PULUMI_COUCH_KEEP_TESTBED";

/** Measures what is done by its name. */
interface Timer {
  time<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/**
 * Makes the cluster the ambient one of this process, if it can be reached from here; otherwise the tests must be run by
 * a process inside the testbed.
 */
export async function useCluster(): Promise<boolean> {
  const given = process.env[KUBECONFIG_VARIABLE];
  if (!given && !(await insideNamespace())) return false;
  process.env.KUBECONFIG = given || kubeconfig;
  return true;
}

/**
 * Brings the testbed up, runs a Node program in its network namespace, and takes the testbed down if it was not up
 * before. Returns the message that the program sent to its parent.
 *
 * @throws TestbedImpossibleError where there can be no testbed.
 */
export async function runInTestbed<T>(program: string, args: readonly string[], clock: Timer): Promise<T> {
  await checkMachine();
  const wasUp = (await Box.find()) !== undefined;
  let isInterrupted = false;
  // The program gets the same signal; what it leaves must be taken down.
  const interrupted = () => {
    isInterrupted = true;
  };
  process.on("SIGINT", interrupted).on("SIGTERM", interrupted);
  const say = (line: string) => console.log(`testbed: ${line}`);
  try {
    // On a busy machine a program may end while it starts; what runs is left as it is.
    const tryUp = () =>
      up(say).catch((error: unknown) => {
        if (isInterrupted || error instanceof TestbedImpossibleError) throw error;
        say(`${error}; trying once more`);
        return up(say);
      });
    await clock.time("testbed up", tryUp);
    return await clock.time("cluster", () => runInside<T>(program, args));
  } finally {
    if (!wasUp && !process.env[KEEP_VARIABLE]) await down();
    process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
  }
}

async function runInside<T>(program: string, args: readonly string[]): Promise<T> {
  const enter = [`--net=/run/netns/${namespace}`, process.execPath, program, ...args];
  const child = spawn("nsenter", enter, { stdio: ["inherit", "inherit", "inherit", "ipc"] });
  const stop = () => void child.kill("SIGTERM");
  process.on("SIGINT", stop).on("SIGTERM", stop);
  try {
    return await new Promise<T>((resolve, reject) => {
      let message: T | undefined;
      child.once("error", reject);
      child.on("message", (received) => {
        message = received as T;
      });
      child.once("close", (code, signal) => {
        if (message !== undefined) resolve(message);
        else reject(new Error(`the tests ended without a result (${signal ?? code})`));
      });
    });
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}
