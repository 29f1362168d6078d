import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { COMPANIONS } from "../../toolchain/companions";
import { BuildFailedError, findToolchain, GoMissingError, type Source } from "../../toolchain/index";
import { cliModule } from "../../toolchain/places";
import { requiredVersion } from "../../toolchain/versions";
import { scratchFolder, writeScript } from "./scratch";

// All but the download: these tests ask nothing of the network.
const withoutDownload: readonly Source[] = ["path", "built"];

/** A machine of a test's own: a PATH of one empty folder, and an empty cache. */
async function emptyMachine(t: TestContext) {
  const folder = await scratchFolder(t);
  const bin = join(folder, "bin");
  const goCalls = join(folder, "go-calls");
  const said: string[] = [];
  const builtVersion = requiredVersion(
    await readFile(join(cliModule, "go.mod"), "utf8"),
    "github.com/pulumi/pulumi/pkg/v3",
  );
  const env = { PATH: bin, XDG_CACHE_HOME: join(folder, "cache"), HOME: folder };
  return {
    bin,
    said,
    builtVersion,
    find: (sources = withoutDownload) => findToolchain({ env, sources, say: (line) => said.push(line) }),
    addCli: (version: string) => writeScript(join(bin, "pulumi"), `echo v${version}`),
    addCompanions: () => Promise.all(COMPANIONS.map((name) => writeScript(join(bin, name), "true"))),
    /** A Go that builds in no time: every command it makes prints the CLI's version. */
    addGo: async (cliPrints = builtVersion) => {
      const sdk = join(folder, "sdk");
      await Promise.all(COMPANIONS.map((name) => writeScript(join(sdk, "nodejs", "dist", name), "true")));
      const build = `printf '#!/bin/sh\\necho v${cliPrints}\\n' > "$5"; chmod +x "$5"`;
      await writeScript(
        join(bin, "go"),
        `echo "$*" >> ${goCalls}\ncase $1 in build) ${build};; list) echo ${sdk};; esac`,
      );
    },
    goCalls: async () => (await readFile(goCalls, "utf8").catch(() => "")).split("\n").filter((line) => line !== ""),
    cacheFolder: (name: string) => join(folder, "cache", "pulumi-couch", "toolchain", name),
  };
}

test("takes the CLI on PATH with its companions, without a word, a build or a change to PATH", async (t) => {
  const machine = await emptyMachine(t);
  await Promise.all([machine.addCli("3.230.0"), machine.addCompanions(), machine.addGo()]);
  assert.deepEqual(await machine.find(), {
    pulumi: join(machine.bin, "pulumi"),
    version: "3.230.0",
    source: "path",
    env: { PATH: machine.bin, PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  assert.deepEqual(machine.said, []);
  assert.deepEqual(await machine.goCalls(), []);
});

test("adds the companions that a CLI on PATH lacks, in the last place", async (t) => {
  const machine = await emptyMachine(t);
  await Promise.all([machine.addCli("3.230.0"), machine.addGo()]);
  const { source, env } = await machine.find();
  assert.equal(source, "path");
  const [first, last, ...more] = env.PATH.split(delimiter);
  assert.equal(first, machine.bin);
  assert.match(last ?? "", /pulumi-nodejs-built-.*\/bin$/);
  assert.deepEqual(more, []);
});

test("builds where there is no CLI, and the second time only finds", async (t) => {
  const machine = await emptyMachine(t);
  await machine.addGo();
  const built = await machine.find();
  assert.equal(built.source, "built");
  assert.equal(built.version, machine.builtVersion);
  assert.equal(built.env.PATH, [dirname(built.pulumi), machine.bin].join(delimiter));
  const calls = await machine.goCalls();
  assert.equal(calls.filter((call) => call.startsWith("build")).length, 2);
  assert.ok(machine.said.some((line) => line.startsWith(`building the Pulumi CLI ${machine.builtVersion}`)));
  assert.ok(machine.said.some((line) => /Pulumi CLI .*: done in \d+ s$/.test(line)));

  machine.said.length = 0;
  assert.deepEqual(await machine.find(), built);
  assert.deepEqual(await machine.goCalls(), calls);
  assert.deepEqual(machine.said, []);
});

test("builds where the download is refused, and does not ask for it again", async (t) => {
  const refusal = t.mock.method(globalThis, "fetch", async () => Promise.reject(new Error("refused")));
  const machine = await emptyMachine(t);
  await machine.addGo();
  assert.equal((await machine.find(["path", "installed", "built"])).source, "built");
  assert.match(machine.said[0] ?? "", /installer can't be used .*can't be reached/);
  await machine.find(["path", "installed", "built"]);
  assert.equal(refusal.mock.callCount(), 1);
});

test("passes over a CLI on PATH that is too old or does not run, and says so", async (t) => {
  for (const script of ["echo v3.150.0", "exit 1"]) {
    const machine = await emptyMachine(t);
    await Promise.all([writeScript(join(machine.bin, "pulumi"), script), machine.addGo()]);
    assert.equal((await machine.find()).source, "built");
    assert.match(machine.said[0] ?? "", /is not taken: 3\.200\.0 or later is needed/);
  }
});

test("says what to do where Go is missing and needed", async (t) => {
  const machine = await emptyMachine(t);
  await assert.rejects(machine.find(), (error: Error) => {
    assert.ok(error instanceof GoMissingError);
    assert.match(error.message, /the Pulumi CLI is not here.*Install Pulumi from https.*or Go from https/is);
    return true;
  });
  await machine.addCli("3.230.0");
  await assert.rejects(machine.find(), /Node language host is not here/);
});

test("does not take a half-made folder for a CLI", async (t) => {
  const machine = await emptyMachine(t);
  const name = `pulumi-built-${machine.builtVersion}-${process.platform}-${process.arch}`;
  await writeScript(join(machine.cacheFolder(name), "bin", "pulumi"), "echo half");
  await mkdir(machine.cacheFolder(`${name}.partial-1`));
  await assert.rejects(machine.find(), GoMissingError);
  await machine.addGo();
  assert.equal((await machine.find()).version, machine.builtVersion);
});

test("reports what a failed build printed, and keeps nothing of it", async (t) => {
  const machine = await emptyMachine(t);
  await writeScript(join(machine.bin, "go"), "echo 'no such module' >&2; exit 1");
  await assert.rejects(machine.find(), (error: Error) => {
    assert.ok(error instanceof BuildFailedError);
    assert.match(error.message, /failed:\nno such module\n/);
    return true;
  });
  await machine.addGo("9.9.9");
  await assert.rejects(machine.find(), /says it is 9\.9\.9/);
  await machine.addGo();
  assert.equal((await machine.find()).source, "built");
});
