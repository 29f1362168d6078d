import { setTimeout as after } from "node:timers/promises";
import { type Say, timed } from "./progress";

/** Where Pulumi's installer lives: asked first, because the installer itself waits minutes for a network that is not there. */
const INSTALLER_HOST = "https://get.pulumi.com";
const REACHABLE_WITHIN_MS = 5_000;
const DOWNLOADED_WITHIN_MS = 5 * 60_000;

/** Downloads the Pulumi CLI into a folder by the Automation API's installer; returns its version. */
export async function download(folder: string, version: string, say: Say): Promise<string> {
  await reach(INSTALLER_HOST);
  return timed(say, `downloading the Pulumi CLI ${version}`, "about 200 MB, once", async () => {
    // Loaded here only: it takes half a second, which the usual run need not pay.
    const { PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
    const command = await within(DOWNLOADED_WITHIN_MS, PulumiCommand.install({ root: folder }));
    return `${command.version ?? version}`;
  });
}

async function reach(url: string): Promise<void> {
  try {
    await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(REACHABLE_WITHIN_MS) });
  } catch {
    throw new Error(`${url} can't be reached`);
  }
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const late = after(milliseconds, undefined, { ref: false }).then(() => {
    throw new Error(`not done within ${milliseconds / 1000} s`);
  });
  return Promise.race([work, late]);
}
