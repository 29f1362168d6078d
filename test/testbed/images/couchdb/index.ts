/** The image that stands in for `couchdb:VERSION`: the CouchDB double behind the real image's files and entrypoint. */
import { existsSync } from "node:fs";
import { appendFile, chmod, cp, mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { checkout } from "../../../../toolchain/places";
import { command } from "../../command";
import { addPrograms } from "./programs";

/** What of an image is not in its files. */
export interface ImageConfig {
  entrypoint: string[];
  command?: string[];
  user?: string;
  env?: string[];
  workingDir?: string;
}

const HOME = "opt/couchdb";
const USER = 5984;

/** The files of the image that are written by hand. */
export const imageFiles = join(checkout, "test/testbed/images/couchdb/files");

/** What the entrypoint calls beside bash and coreutils. */
const programs = ["grep", "find", "setpriv"];

/** What the real image does not have, so that nothing comes to depend on it. */
const absent = ["curl", "wget", "node", "npm", "npx", "corepack"];
const binFolders = ["bin", "usr/bin", "usr/local/bin"];

/**
 * Makes the image in `folder`, a root file system that has node, bash and coreutils with their libraries.
 * Answers the rest of the image: as the real one it runs as root unless told otherwise.
 */
export async function couchDbImage(folder: string, version = "3.5.1"): Promise<ImageConfig> {
  const home = join(folder, HOME);
  await moveNode(folder, join(home, "erts/bin/beam"));
  for (const bin of binFolders) {
    await Promise.all(absent.map((name) => rm(join(folder, bin, name), { recursive: true, force: true })));
  }
  await cp(imageFiles, folder, { recursive: true });
  await completeHome(home, version);
  await rm(join(folder, "docker-entrypoint.sh"), { force: true });
  await symlink("usr/local/bin/docker-entrypoint.sh", join(folder, "docker-entrypoint.sh"));
  await addPrograms(folder, programs);
  await addUser(folder);
  await command("chown", ["-R", `${USER}:${USER}`, home]);
  return {
    entrypoint: ["tini", "--", "/docker-entrypoint.sh"],
    command: ["/opt/couchdb/bin/couchdb"],
    env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", `COUCHDB_VERSION=${version}`],
    workingDir: "/opt/couchdb",
  };
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

/** The real image has no node in PATH. */
async function moveNode(folder: string, target: string): Promise<void> {
  const found = binFolders.map((bin) => join(folder, bin, "node")).find(existsSync);
  if (found === undefined) throw new Error(`no node in ${folder}`);
  await mkdir(join(target, ".."), { recursive: true });
  await rename(found, target);
}

async function addUser(folder: string): Promise<void> {
  await addLine(join(folder, "etc/passwd"), `couchdb:x:${USER}:${USER}::/opt/couchdb:/bin/sh`);
  await addLine(join(folder, "etc/group"), `couchdb:x:${USER}:`);
}

async function addLine(file: string, line: string): Promise<void> {
  const text = await readFile(file, "utf8").catch(() => "");
  if (!text.split("\n").includes(line))
    await appendFile(file, `${text === "" || text.endsWith("\n") ? "" : "\n"}${line}\n`);
}
