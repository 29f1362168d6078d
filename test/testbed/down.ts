import { rm } from "node:fs/promises";
import { alone } from "./alone";
import { Box, removeMountPoints } from "./box";
import { removeCgroups } from "./cgroups";
import { removeNetwork } from "./network";
import { root } from "./places";

/** Stops the testbed, whatever state it is in, and leaves nothing of it but the cache. */
export async function down(): Promise<void> {
  await alone(remove);
}

/** The same for who works on the testbed alone already. */
export async function remove(): Promise<void> {
  await (await Box.find())?.end();
  await removeCgroups();
  await removeNetwork();
  await removeMountPoints();
  await rm(root, { recursive: true, force: true });
}
