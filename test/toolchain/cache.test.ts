import assert from "node:assert/strict";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as after } from "node:timers/promises";
import { cacheRoot, entryName, fillSlot, readSlot, type Slot } from "../../toolchain/cache";
import { scratchFolder, writeScript } from "./scratch";

const silent = () => {};

async function emptySlot(t: TestContext): Promise<Slot> {
  return { folder: join(await scratchFolder(t), "cache", "tool-1.0.0"), executables: ["bin/tool"] };
}

async function makeTool(folder: string): Promise<{ version: string }> {
  await writeScript(join(folder, "bin", "tool"), "true");
  return { version: "1.0.0" };
}

test("keeps what it makes outside the checkout", () => {
  const cases: [env: NodeJS.ProcessEnv, root: string][] = [
    [{ XDG_CACHE_HOME: "/cache", HOME: "/home/me" }, "/cache/pulumi-couch/toolchain"],
    [{ HOME: "/home/me" }, "/home/me/.cache/pulumi-couch/toolchain"],
    [{ XDG_CACHE_HOME: "relative", HOME: "/home/me" }, "/home/me/.cache/pulumi-couch/toolchain"],
    [{ XDG_CACHE_HOME: "", HOME: "" }, `${userInfo().homedir}/.cache/pulumi-couch/toolchain`],
  ];
  for (const [env, root] of cases) assert.equal(cacheRoot(env), root);
});

test("keeps versions and kinds of machine apart", () => {
  assert.equal(entryName("pulumi", "3.209.0", "linux", "x64"), "pulumi-3.209.0-linux-x64");
  assert.notEqual(entryName("pulumi", "3.209.0", "linux", "arm64"), entryName("pulumi", "3.209.0", "linux", "x64"));
});

test("reads back what it made, and makes it once", async (t) => {
  const slot = await emptySlot(t);
  assert.equal(await readSlot(slot), undefined);
  assert.deepEqual(await fillSlot(slot, silent, makeTool), { version: "1.0.0" });
  assert.deepEqual(await readSlot(slot), { version: "1.0.0" });
  await fillSlot(slot, silent, () => assert.fail("made again"));
});

test("does not take a half-made folder, and replaces it", async (t) => {
  const halves: Record<string, (folder: string) => Promise<void>> = {
    empty: async () => {},
    "without its entry": (folder) => writeScript(join(folder, "bin", "tool"), "true"),
    "without its executable": (folder) => writeFile(join(folder, "entry.json"), '{"version":"1.0.0"}'),
    "with an entry cut short": async (folder) => {
      await makeTool(folder);
      await writeFile(join(folder, "entry.json"), '{"vers');
    },
  };
  for (const [what, makeHalf] of Object.entries(halves)) {
    const slot = await emptySlot(t);
    await mkdir(slot.folder, { recursive: true });
    await makeHalf(slot.folder);
    assert.equal(await readSlot(slot), undefined, what);
    await fillSlot(slot, silent, makeTool);
    assert.deepEqual(await readSlot(slot), { version: "1.0.0" }, what);
  }
});

test("leaves nothing behind when making fails, and clears what a killed run left", async (t) => {
  const slot = await emptySlot(t);
  const failing = fillSlot(slot, silent, async (folder) => {
    await makeTool(folder);
    throw new Error("interrupted");
  });
  await assert.rejects(failing, /interrupted/);
  assert.deepEqual(await readdir(join(slot.folder, "..")), []);

  await mkdir(`${slot.folder}.partial-1/bin`, { recursive: true });
  await fillSlot(slot, silent, makeTool);
  assert.deepEqual(await readdir(join(slot.folder, "..")), ["tool-1.0.0"]);
});

test("of two at once, one makes and the other waits and says so", async (t) => {
  const slot = await emptySlot(t);
  const said: string[] = [];
  let made = 0;
  const make = async (folder: string) => {
    made += 1;
    await after(300);
    return makeTool(folder);
  };
  const both = [0, 1].map(() => fillSlot(slot, (line) => said.push(line), make));
  assert.deepEqual(await Promise.all(both), [{ version: "1.0.0" }, { version: "1.0.0" }]);
  assert.equal(made, 1);
  assert.deepEqual(said, ["waiting for another process that makes tool-1.0.0 …"]);
});
