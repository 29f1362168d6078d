/** The image that stands in for `couchdb:VERSION`: the CouchDB double behind the real image's files and entrypoint. */
import { existsSync } from "node:fs";
import { chmod, copyFile, cp, mkdir, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import which from "which";
import { checkout } from "../../../../toolchain/places";
import { command } from "../../command";
import { type Image, makeLayer } from "../../images";
import { fillNodeImage, nodeImageKey } from "../node";

/** The user that the real image's entrypoint changes to. */
const USER = 5984;

/** The files of the image that are written by hand. */
export const imageFiles = join(checkout, "test/testbed/images/couchdb/files");

/** What the real image does not have, so that nothing comes to depend on it. */
const absent = ["curl", "wget", "node", "npm", "npx"];
const binFolders = ["usr/bin", "usr/local/bin"];

/** Makes the image; what answers `GET /` says that version. As the real one it runs as root by default. */
export async function couchDbImage(version: string): Promise<Image> {
  return {
    names: [`docker.io/library/couchdb:${version}`],
    layers: [
      await makeLayer(fillSystem, `couchdb-system-${await nodeImageKey()}`),
      await makeLayer((folder) => fillCouchDb(folder, version)),
    ],
    config: {
      entrypoint: ["tini", "--", "/docker-entrypoint.sh"],
      command: ["/opt/couchdb/bin/couchdb"],
      env: { COUCHDB_VERSION: version },
      workingDir: "/opt/couchdb",
    },
  };
}

/** What is the same for every version of the double: Node, where the real image has the Erlang emulator, and the shell. */
async function fillSystem(folder: string): Promise<void> {
  await fillNodeImage(folder);
  const emulator = join(folder, "opt/couchdb/erts/bin/beam");
  await mkdir(dirname(emulator), { recursive: true });
  const node = binFolders.map((bin) => join(folder, bin, "node")).find((file) => existsSync(file));
  if (node === undefined) throw new Error("the image has no Node");
  await rename(await realpath(node), emulator);
  const remove = binFolders.flatMap((bin) => absent.map((name) => join(folder, bin, name)));
  await Promise.all(remove.map((file) => rm(file, { force: true })));
  await addSetpriv(folder);
  await giveToUser(folder);
}

/** The one program that the entrypoint needs beside those of scripts in general. */
async function addSetpriv(folder: string): Promise<void> {
  const program = await which("setpriv");
  const libraries = [...(await command("ldd", [program])).matchAll(/(\/\S+) \(0x/g)].map(([, file]) => file as string);
  await copyFile(program, join(folder, "usr/bin/setpriv"));
  for (const file of libraries) await copyFile(await realpath(file), join(folder, file));
}

async function fillCouchDb(folder: string, version: string): Promise<void> {
  await cp(imageFiles, folder, { recursive: true });
  await symlink("usr/local/bin/docker-entrypoint.sh", join(folder, "docker-entrypoint.sh"));
  await completeHome(join(folder, "opt/couchdb"), version);
  await giveToUser(folder);
}

/** All of it: otherwise the entrypoint would do so at every start, and copy every file by that. */
async function giveToUser(folder: string): Promise<void> {
  await command("chown", ["-R", `${USER}:${USER}`, join(folder, "opt/couchdb")]);
}

/** What is made rather than written by hand: the program itself, its version, folders that anyone may write to. */
export async function completeHome(home: string, version: string): Promise<void> {
  await bundleDouble(join(home, "lib/couchdb.js"));
  await writeFile(join(home, "VERSION"), `${version}\n`);
  for (const name of ["etc/local.d", "data", "var/log"]) {
    await mkdir(join(home, name), { recursive: true });
    await chmod(join(home, name), 0o777);
  }
}

async function bundleDouble(outfile: string): Promise<void> {
  const entry = join(checkout, "test/doubles/couchdb/image/main.ts");
  await build({ entryPoints: [entry], outfile, bundle: true, platform: "node", target: "node20", logLevel: "error" });
}
