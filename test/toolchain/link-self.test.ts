import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readlink, realpath, symlink } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { linkSelf } from "../../toolchain/link-self";
import { scratchFolder } from "./scratch";

const script = join(__dirname, "..", "..", "toolchain", "link-self.js");

test("links the checkout into its own node_modules, once or often", async (t) => {
  const root = await scratchFolder(t);
  linkSelf(root);
  linkSelf(root);
  const link = join(root, "node_modules", "pulumi-couch");
  assert.equal(await readlink(link), "..");
  assert.equal(await realpath(link), await realpath(root));
});

test("two processes at once do not disturb each other", async (t) => {
  const root = await scratchFolder(t);
  const code = `require(${JSON.stringify(script)}).linkSelf(${JSON.stringify(root)})`;
  await Promise.all([0, 1, 2].map(() => promisify(execFile)(process.execPath, ["-e", code])));
  assert.equal(await readlink(join(root, "node_modules", "pulumi-couch")), "..");
});

test("does not take what leads elsewhere", async (t) => {
  const root = await scratchFolder(t);
  await mkdir(join(root, "node_modules"));
  await symlink("/", join(root, "node_modules", "pulumi-couch"));
  assert.throws(() => linkSelf(root), /leads elsewhere/);
});
