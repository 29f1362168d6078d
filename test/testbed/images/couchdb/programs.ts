/** Programs of this machine in an image's root file system. */
import { copyFile, mkdir, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import which from "which";
import { command } from "../../command";

/** Copies programs to `/usr/bin`, with the libraries that they are linked with. */
export async function addPrograms(folder: string, names: string[]): Promise<void> {
  for (const name of names) {
    const program = await which(name);
    await add(program, join(folder, "usr/bin", name));
    for (const library of await librariesOf(program)) await add(library, join(folder, library));
  }
}

async function add(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await copyFile(await realpath(source), target);
}

async function librariesOf(program: string): Promise<string[]> {
  const listing = await command("ldd", [program]);
  return [...listing.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path as string);
}
