/** The packed package works with the newest Node.js and the newest SDK, both of which npm installs. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { cacheRoot, entryName, fillSlot } from "../../toolchain/cache";
import { checkout } from "../../toolchain/places";
import { sayOnStderr } from "../../toolchain/progress";
import { freshNodes } from "../nodes";
import { CliProject } from "./cli";
import { install, outside } from "./packed";

/** npm's package `node` is the program itself. The SDK compiles the program by the TypeScript of the project. */
const newest = { node: "24.21.0", "@pulumi/pulumi": "3.276.0", typescript: "5.9.3", "@types/node": "24.10.1" };

const program = `${readFileSync(join(checkout, "test/engine/programs/cluster.ts"), "utf8")}
export const versions = [process.version, require("@pulumi/pulumi/package.json").version];
`;

/** The `node_modules` with all of it, and with what the package depends on. Installed once. */
async function newestModules(): Promise<string> {
  const { dependencies } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")) as { dependencies: object };
  const wanted = JSON.stringify({ private: true, dependencies: { ...dependencies, ...newest } });
  const hash = createHash("sha256").update(wanted).digest("hex").slice(0, 8);
  const version = `${newest.node}-${newest["@pulumi/pulumi"]}-${hash}`;
  const folder = join(cacheRoot(process.env), entryName("newest", version));
  const slot = { folder, executables: ["node_modules/node/bin/node"] };
  await fillSlot(slot, sayOnStderr, async (cwd) => {
    writeFileSync(join(cwd, "package.json"), wanted);
    await promisify(execFile)("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline"], { cwd });
    return { version };
  });
  return join(folder, "node_modules");
}

test(`Node.js ${newest.node} with @pulumi/pulumi ${newest["@pulumi/pulumi"]}`, async (t) => {
  const { nodes, stop } = await freshNodes(3);
  t.after(stop);
  const folder = outside(t);
  const modules = await newestModules();
  await install(folder, folder, modules);
  const { adminUser: user, adminPassword: password } = nodes[0]!;
  const settings = { nodes: nodes.map(({ url }) => url), user, password };
  const project = await CliProject.make(t, program, settings, { folder, path: join(modules, "node", "bin") });
  if (!project) return;

  await project.run("up", "--yes", "--skip-preview");
  const output = async (name: string) => JSON.parse(await project.run("stack", "output", name)) as string[];
  assert.deepEqual(await output("versions"), [`v${newest.node}`, newest["@pulumi/pulumi"]]);
  assert.equal((await output("members")).length, 3);
  await project.run("up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes");
  await project.run("destroy", "--yes", "--skip-preview");
});
