import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CouchDbClusterArgs } from "../../components/couchdb/cluster/args";
import { ended } from "../engine/quickstart";
import { projectFile, type TestStack } from "../engine/stack";

/**
 * Runs a Pulumi command, which is to fail, on a test's stack, with a program in a process of its own: a program that the
 * engine ends early leaves rejected promises behind, which would fail whatever test runs by then. Returns what it showed.
 */
export async function failing(stack: TestStack, args: CouchDbClusterArgs, ...command: string[]): Promise<string> {
  const folder = join(stack.folder, "own-process");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "Pulumi.yaml"), projectFile("index.js"));
  writeFileSync(join(folder, "package.json"), "{}");
  copyFileSync(join(stack.folder, "Pulumi.test.yaml"), join(folder, "Pulumi.test.yaml"));
  const cluster = `new (require("pulumi-couch").CouchDbCluster)("orders", ${JSON.stringify(args)})`;
  writeFileSync(join(folder, "index.js"), `${cluster};\n`);
  const options = { cwd: folder, env: { ...process.env, ...stack.stack.workspace.envVars } };
  const { status, shown } = await ended(spawn("pulumi", [...command, "--stack", "test", "--non-interactive"], options));
  if (status === 0) throw new Error(`\`pulumi ${command[0]}\` was expected to fail, but succeeded:\n${shown}`);
  return shown;
}
