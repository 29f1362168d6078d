/** The package as it is published. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { promisify } from "node:util";
import { checkout } from "../../toolchain/places";

const run = promisify(execFile);

/** A tarball, and what is in it. */
export interface Packed {
  filename: string;
  files: { path: string }[];
}

/** What `npm pack` makes of what is built, in a folder. */
export async function pack(folder: string): Promise<Packed> {
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
  const { stdout } = await run("npm", args, { cwd: checkout });
  return (JSON.parse(stdout) as [Packed])[0];
}

/**
 * Puts the packed package in a project's `node_modules`, and links all that it needs from where that is installed: from
 * the testbed no registry can be reached.
 */
export async function install(scratch: string, project: string, installed: string): Promise<void> {
  const { filename } = await pack(scratch);
  const modules = join(project, "node_modules");
  const own = join(modules, "pulumi-couch");
  mkdirSync(own, { recursive: true });
  await run("tar", ["-xzf", join(scratch, filename), "--strip-components=1", "-C", own]);
  for (const name of readdirSync(installed))
    if (name !== "pulumi-couch" && statSync(join(installed, name)).isDirectory())
      symlinkSync(join(installed, name), join(modules, name));
}

/** A folder far from the checkout, removed after the test. */
export function outside(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-couch-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
