import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CouchDbClient } from "../../components/clients/couchdb/client";
import { checkout } from "../../toolchain/places";
import { type FreshNode, freshNodes } from "../nodes";
import { outside, pack } from "./packed";
import { ended } from "./quickstart";
import { commandsOf } from "./readme-blocks";
import { engineEnvironment } from "./stack";

const example = join(checkout, "examples", "couchdb-nodes");

test("the package holds the components and nothing else", async (t) => {
  const { files } = await pack(outside(t));
  const others = files.map(({ path }) => path).filter((path) => !path.startsWith("dist/components/"));
  assert.deepEqual(others.sort(), ["CHANGELOG.md", "LICENSE", "README.md", "package.json"]);
  for (const { path } of files.filter((file) => !others.includes(file.path))) {
    const source = path
      .replace(/^dist\//, "")
      .replace(/program\.bundle\.js$/, "program/main.js")
      .replace(/(\.d\.ts|\.js|\.js\.map)$/, ".ts");
    assert.ok(existsSync(join(checkout, source)), `${path} has no source`);
  }
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
  // As they stand, but for what a reader fills in or types, and a second update that must find nothing to do.
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
