import assert from "node:assert/strict";
import { mkdtempSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { generate } from "selfsigned";
import { ask, eventuallyAnswers } from "./client";
import { NodeConfig } from "./config";
import { IniFiles } from "./config-source";
import { startCouchDb } from "./index";

const folder = mkdtempSync(join(tmpdir(), "couchdb-double-"));
after(() => rm(folder, { recursive: true }));

async function write(name: string, files: Record<string, string>): Promise<string[]> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(join(folder, name, file, ".."), { recursive: true });
    await writeFile(join(folder, name, file), text);
  }
  return ["default.ini", "default.d", "local.ini", "local.d"].map((path) => join(folder, name, path));
}

test("later files win, in folders by name, and changes go to the last one", async () => {
  const paths = await write("order", {
    "default.ini": "[x]\na = default\nb = default\nc = default\nd = default\ngone = 1\n",
    "default.d/20.ini": "[x]\nb = 20\n",
    "default.d/10.ini": "[x]\nb = 10\nc = 10\n",
    "default.d/30.conf": "[x]\nb = not read\n",
    "local.ini": "[x]\nc = local\ngone =\n",
    "local.d/a.ini": "[x]\nd = a\n",
    "local.d/docker.ini": "[x]\n",
  });
  const config = new NodeConfig(new IniFiles(paths));
  assert.deepEqual(config.section("x"), { a: "default", b: "20", c: "local", d: "a" });
  config.set("x", "a", "new");
  config.set("x", "b", "for now", false);
  config.delete("x", "c");
  assert.equal(readFileSync(join(folder, "order/local.d/docker.ini"), "utf8"), "[x]\na = new\nc = \n");
  assert.deepEqual(config.section("x"), { a: "new", b: "for now", d: "a" });
  assert.deepEqual(new NodeConfig(new IniFiles(paths)).section("x"), { a: "new", b: "20", d: "a" });
});

test("a node with ini files hashes its admin there, keeps what is to be kept, and listens where they say", async () => {
  const iniFiles = await write("node", {
    "default.ini": "[chttpd]\nport = 0\nbind_address = 127.0.0.2\n[chttpd_auth]\niterations = 10\n",
    "default.d/a.ini": "[couchdb]\nuuid = 00000000000000000000000000000001\n",
    "local.ini": "",
    "local.d/docker.ini": "[admins]\nadm = pass\n",
  });
  const { nodes, stop } = await startCouchDb([{ iniFiles, log: () => {} }]);
  try {
    const [node] = nodes;
    const written = () => readFileSync(join(folder, "node/local.d/docker.ini"), "utf8");
    assert.equal(new URL(node!.url).hostname, "127.0.0.2");
    assert.match(written(), /^\[admins\]\nadm = -pbkdf2:sha256-[0-9a-f]{64},[0-9a-f]{32},10\n$/);
    const welcome = (await ask(node!.url, "GET", "/")).body as { uuid: string };
    assert.equal(welcome.uuid, "00000000000000000000000000000001");

    const path = "/_node/_local/_config/couchdb/maintenance_mode";
    const kept = { "x-couch-persist": "false", authorization: `Basic ${btoa("adm:pass")}` };
    await fetch(node!.url + path, { method: "PUT", body: '"nolb"', headers: kept });
    await eventuallyAnswers(node!.url, "/_up", { status: "nolb" });
    assert.doesNotMatch(written(), /maintenance/);
    await ask(node!.adminUrl, "PUT", "/_node/_local/_config/x/y", "z");
    assert.match(written(), /\[x\]\ny = z\n$/);

    await node!.kill();
    await node!.start();
    assert.deepEqual((await ask(node!.url, "GET", "/_up")).body, { status: "ok", seeds: {} });
    assert.equal((await ask(node!.adminUrl, "GET", "/_node/_local/_config/x/y")).body, "z");
  } finally {
    await stop();
  }
});

test("TLS and metrics without credentials are served where the files say", async () => {
  const { private: key, cert } = await generate([{ name: "commonName", value: "127.0.0.1" }]);
  const port = 30_000 + (process.pid % 2000);
  const files = { key_file: join(folder, "tls/key.pem"), cert_file: join(folder, "tls/cert.pem") };
  const ssl = Object.entries(files).map(([name, file]) => `${name} = ${file}\n`);
  const iniFiles = await write("tls", {
    "key.pem": key,
    "cert.pem": cert,
    "default.ini": "[chttpd]\nport = 0\nrequire_valid_user_except_for_up = true\n[chttpd_auth]\niterations = 10\n",
    "default.d/a.ini": `[ssl]\nenable = true\nport = ${port}\n${ssl.join("")}`,
    "local.ini": `[prometheus]\nadditional_port = true\nport = ${port + 1}\n`,
    "local.d/docker.ini": "[admins]\nadm = pass\n",
  });
  const { stop } = await startCouchDb([{ iniFiles, log: () => {} }]);
  try {
    const status = await new Promise((resolve, reject) => {
      get({ port, host: "127.0.0.1", path: "/_up", ca: cert, checkServerIdentity: () => undefined }, (answer) => {
        resolve(answer.resume().statusCode);
      }).on("error", reject);
    });
    assert.equal(status, 200);
    const metrics = await fetch(`http://127.0.0.1:${port + 1}/_node/_local/_prometheus`);
    assert.match(await metrics.text(), /couchdb_uptime_seconds/);
    assert.equal((await fetch(`http://127.0.0.1:${port + 1}/_all_dbs`)).status, 404);
  } finally {
    await stop();
  }
});
