import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { build } from "esbuild";
import { CouchDbClient } from "../../components/clients/couchdb/client";
import { checkout } from "../../toolchain/places";
import { type FreshNode, freshNodes } from "../nodes";
import { outside, pack } from "./packed";
import { ended } from "./quickstart";
import { commandsOf } from "./readme-blocks";
import { engineEnvironment } from "./stack";

const run = promisify(execFile);

const example = join(checkout, "examples", "couchdb-nodes");

test("the package holds the components and nothing else", async (t) => {
  const { files } = await pack(outside(t));
  const others = files.map(({ path }) => path).filter((path) => !/^dist\/components\/.*\.(js|ts|map)$/.test(path));
  const licences = "dist/components/THIRD-PARTY-LICENSES"; // of what the bundles contain
  assert.deepEqual(others.sort(), ["CHANGELOG.md", "LICENSE", "README.md", licences, "package.json"]);
  for (const { path } of files.filter((file) => !others.includes(file.path))) {
    const source = path
      .replace(/^dist\//, "")
      .replace(/program\.bundle\.js$/, "program/main.js")
      .replace(/client-library\.bundle\.js$/, "client-library.js")
      .replace(/(\.d\.ts|\.js|\.js\.map)$/, ".ts");
    assert.ok(existsSync(join(checkout, source)), `${path} has no source`);
  }
});

describe("in an empty project, without other provider packages", () => {
  let project = "";
  let installed: string[] = [];

  before(async () => {
    project = mkdtempSync(join(tmpdir(), "pulumi-couch-"));
    const { filename } = await pack(project);
    writeFileSync(join(project, "package.json"), "{}");
    const options = ["--prefer-offline", "--no-audit", "--no-fund"];
    await run("npm", ["install", ...options, join(project, filename)], { cwd: project });
    const { stdout } = await run("npm", ["ls", "--json", "--depth=1"], { cwd: project });
    const tree = JSON.parse(stdout) as {
      dependencies: { "pulumi-couch": { dependencies: Record<string, { version?: string }> } };
    };
    const direct = Object.entries(tree.dependencies["pulumi-couch"].dependencies);
    installed = direct.filter(([, { version }]) => version).map(([name]) => name);
  });
  after(() => rmSync(project, { recursive: true, force: true }));

  /** What a program in the project prints. */
  const printed = async (program: string, type = "commonjs") =>
    (await run(process.execPath, [`--input-type=${type}`, "--eval", program], { cwd: project })).stdout.trim();

  test("npm installs what the package imports, and nothing else", async () => {
    const entries = ["index.js", "handlers.js"].map((file) =>
      join(project, "node_modules/pulumi-couch/dist/components", file),
    );
    // A bundle made beforehand imports nothing.
    const external = ["*.bundle.js"];
    const bundled = { bundle: true, write: false, metafile: true, outdir: project } as const;
    const { metafile } = await build({
      entryPoints: entries,
      ...bundled,
      platform: "node",
      packages: "external",
      external,
    });
    const imported = Object.values(metafile.inputs)
      .flatMap(({ imports }) => imports)
      .filter(({ path, external }) => external && !isBuiltin(path) && !path.endsWith(".bundle.js"))
      .map(({ path }) => /^(@[^/]+\/)?[^/]+/.exec(path)![0])
      .filter((name) => name !== "pulumi-couch"); // by which the shim finds the handlers
    assert.deepEqual([...installed, "@pulumi/kubernetes"].sort(), [...new Set(imported)].sort());
  });

  test("a plain import loads none of it", async () => {
    const loaded = JSON.parse(
      await printed('require("pulumi-couch"); console.log(JSON.stringify(Object.keys(require.cache)))'),
    );
    const packages = (loaded as string[]).map((file) => file.split("node_modules/").at(-1)!.split("/dist/")[0]!);
    assert.deepEqual([...new Set(packages)], ["pulumi-couch"]);
  });

  const membership = `
    pulumi.runtime.setMocks({ newResource: ({ inputs }) => ({ id: "id", state: inputs }), call: ({ inputs }) => inputs });
    const { urn } = new couch.CouchDbMembership("orders", { nodes: [], adminUser: "a", adminPassword: "b" });
    urn.apply((urn) => console.log(urn.split("::").slice(-2).join(" "), couch.Join.Provider));`;
  const declared = "pulumi-nodejs:dynamic/couch:CouchDbMembership orders provider";

  test("a resource that needs none of them is declared", async () => {
    const imports = 'const couch = require("pulumi-couch"), pulumi = require("@pulumi/pulumi");';
    assert.equal(await printed(imports + membership), declared);
  });

  test("from an ES module too", async () => {
    const imports = 'import * as couch from "pulumi-couch"; import * as pulumi from "@pulumi/pulumi";';
    assert.equal(await printed(imports + membership, "module"), declared);
    const named = 'import { CouchDbMembership, Join, CouchDbCluster } from "pulumi-couch";';
    const kinds = "console.log(typeof CouchDbMembership, typeof Join, typeof CouchDbCluster)";
    assert.equal(await printed(named + kinds, "module"), "function object undefined");
  });

  for (const component of ["CouchDbCluster", "CouchDiscover", "RescheduleHook"])
    test(`${component} says what to install`, async () => {
      const program = `const { ${component} } = require("pulumi-couch"); new ${component}("orders", {});`;
      const message = `${component} needs @pulumi/kubernetes, which is not installed; run \`npm install @pulumi/kubernetes\``;
      await assert.rejects(printed(program), (error: Error) => error.message.includes(`Error: ${message}\n`));
    });
});

test("the example's README leads from the packed package to a cluster and back", async (t) => {
  const engine = await engineEnvironment(t);
  if (!engine) return;
  const { nodes, stop } = await freshNodes(3);
  t.after(stop);
  const folder = outside(t);
  const { filename } = await pack(folder);
  const project = join(folder, "project");
  const files = ["Pulumi.yaml", "README.md", "index.ts", "package.json", "tsconfig.json"];
  for (const file of files) cpSync(join(example, file), join(project, file));
  const home = join(folder, "home");
  mkdirSync(home);
  // As they are, but for what a reader fills in or types, and a second update that must find nothing to do.
  const commands = commandsOf(readFileSync(join(project, "README.md"), "utf8"))
    .replace("PATH-TO-TARBALL", join(folder, filename))
    .replace("adminUser admin", `adminUser ${nodes[0]!.adminUser}`)
    .replaceAll(/http:\/\/\S+/g, urlsInTurn(nodes))
    .replace("--secret adminPassword", "$& < ../password")
    .replace("pulumi up --refresh", "pulumi up --expect-no-changes\n$& --expect-no-changes")
    .replace("pulumi destroy", "pulumi stack output\n$&");
  writeFileSync(join(folder, "password"), nodes[0]!.adminPassword);
  const shell = spawn("bash", ["-euxo", "pipefail", "-c", commands], {
    cwd: project,
    env: { PATH: engine.PATH, HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true", PULUMI_SKIP_CONFIRMATIONS: "true" },
  });
  const { status, shown } = await ended(shell);
  assert.equal(status, 0, shown);
  assert.match(shown, /databaseNames +\["orders","customers"\]/);

  const client = new CouchDbClient(nodes[0]!.url, nodes[0]!);
  const { all_nodes } = await client.request<{ all_nodes: string[] }>({ path: "_membership" });
  assert.deepEqual(all_nodes, nodes.map(({ name }) => name).sort(), "the nodes stay joined");
  const databases = await client.request<string[]>({ path: "_all_dbs" });
  assert.deepEqual(
    databases.filter((name) => !name.startsWith("_")),
    [],
  );
});

/** Gives the nodes' URLs, one after the other. */
function urlsInTurn(nodes: FreshNode[]): () => string {
  const urls = nodes.map(({ url }) => url);
  return () => urls.shift()!;
}
