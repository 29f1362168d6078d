import { createHash } from "node:crypto";
import { chmod, copyFile, cp, mkdir, readFile, realpath, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import which from "which";
import { command } from "../command";

/** What scripts in pods use. */
const PROGRAMS = [
  ..."bash dash cat chmod chown cp curl cut date dd df dirname basename du echo env expr false find grep gzip head".split(
    " ",
  ),
  ..."hostname id kill ln ls md5sum mkdir mktemp mv od printf ps pwd readlink rm rmdir sed seq sha256sum sleep".split(
    " ",
  ),
  ..."sort stat sync tail tar tee test timeout touch tr true tty uname uniq wc whoami xargs getent gawk mawk".split(
    " ",
  ),
];

/** Libraries that are loaded by name only: the look-up of users and hosts. */
const LOADED_BY_NAME = ["libnss_files.so.2", "libnss_dns.so.2", "libresolv.so.2"];

const USERS = { root: 0, node: 1000, couchdb: 5984, nobody: 65534 };

/**
 * Fills a folder with the stand-in for `node:22-slim`: this machine's Node and the programs that scripts use, each with
 * the libraries that it names.
 */
export async function fillNodeImage(folder: string): Promise<void> {
  for (const name of [
    "usr/bin",
    "usr/lib",
    "usr/local/bin",
    "lib64",
    "etc",
    "home/node",
    "root",
    "proc",
    "sys",
    "dev",
    "run",
  ])
    await mkdir(join(folder, name), { recursive: true });
  await mkdir(join(folder, "tmp"));
  await chmod(join(folder, "tmp"), 0o1777);
  await symlink("usr/bin", join(folder, "bin"));
  await symlink("usr/lib", join(folder, "lib"));
  for (const [name, file] of await programs()) {
    await copyFile(file, join(folder, "usr/bin", name));
    await chmod(join(folder, "usr/bin", name), 0o755);
  }
  await symlink("dash", join(folder, "usr/bin/sh"));
  await symlink("../../bin/node", join(folder, "usr/local/bin/node"));
  for (const library of await libraries([...(await programs()).values()])) {
    // On a system whose /lib is /usr/lib both names lead to one file; here too.
    await mkdir(join(folder, dirname(library)), { recursive: true });
    await copyFile(await realpath(library), join(folder, library));
  }
  await cp("/etc/ssl/certs/ca-certificates.crt", join(folder, "etc/ssl/certs/ca-certificates.crt"));
  await writeEtc(folder);
}

/** Tells one state of this machine's programs from another, without reading them. */
export async function nodeImageKey(): Promise<string> {
  const hash = createHash("sha256").update(await readFile(__filename));
  for (const [name, file] of await programs()) {
    const { size, mtimeMs } = await stat(file);
    hash.update(`${name} ${file} ${size} ${mtimeMs}\n`);
  }
  return `node-${hash.digest("hex")}`;
}

async function programs(): Promise<Map<string, string>> {
  const found = new Map([["node", await realpath(process.execPath)]]);
  for (const name of PROGRAMS) {
    const file = await which(name, { nothrow: true });
    if (file) found.set(name, await realpath(file));
  }
  return found;
}

async function libraries(files: readonly string[]): Promise<Set<string>> {
  const named = new Set<string>();
  for (const file of files) {
    const printed = await command("ldd", [file]).catch(() => ""); // a static program has none
    for (const [library] of printed.matchAll(/\/\S+\.so\S*/g)) named.add(library);
  }
  const libc = [...named].find((library) => library.endsWith("/libc.so.6"));
  for (const name of LOADED_BY_NAME) if (libc) named.add(join(dirname(libc), name));
  return named;
}

async function writeEtc(folder: string): Promise<void> {
  const users = Object.entries(USERS);
  const passwd = users.map(([name, id]) => `${name}:x:${id}:${id}::${home(name)}:/bin/bash\n`).join("");
  await writeFile(join(folder, "etc/passwd"), passwd);
  await writeFile(join(folder, "etc/group"), users.map(([name, id]) => `${name}:x:${id}:\n`).join(""));
  await writeFile(join(folder, "etc/nsswitch.conf"), "passwd: files\ngroup: files\nhosts: files dns\n");
}

function home(user: string): string {
  return { root: "/root", node: "/home/node", couchdb: "/opt/couchdb" }[user] ?? "/";
}
