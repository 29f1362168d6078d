import { stat } from "node:fs/promises";
import { namespace } from "./places";

/** Does this process run in the testbed's network namespace? */
export async function insideNamespace(): Promise<boolean> {
  const [own, testbed] = await Promise.all(["/proc/self/ns/net", `/run/netns/${namespace}`].map(inode));
  return own !== undefined && own === testbed;
}

async function inode(file: string): Promise<number | undefined> {
  return stat(file).then(
    ({ ino }) => ino,
    () => undefined,
  );
}
