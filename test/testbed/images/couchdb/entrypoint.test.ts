import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { chmod, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, test } from "node:test";
import { ask, eventuallyAnswers, membershipOf } from "../../../doubles/couchdb/client";
import { terminate } from "../../../terminate";
import { isRoot, Scratch } from "./scratch";

const folder = mkdtempSync(join(tmpdir(), "couchdb-image-"));
const running: ChildProcess[] = [];
let made = 0;

afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) await killAll(child);
  }
});
after(() => rm(folder, { recursive: true }));

async function scratch(): Promise<Scratch> {
  await chmod(folder, 0o755);
  return Scratch.make(join(folder, String(++made)));
}

const port = 21_000 + (process.pid % 9000);
const fast = (host: string) => `[chttpd]\nport = ${port}\nbind_address = ${host}\n[chttpd_auth]\niterations = 10\n`;

/** As the end of a container does it. */
async function killAll(child: ChildProcess): Promise<void> {
  const exited = once(child, "exit");
  process.kill(-(child.pid as number), "SIGKILL");
  await exited;
}

/** Starts the container; answers once it says that it has started or ends, with what it printed. */
async function start(container: Scratch, env: Record<string, string>, asRoot = false) {
  const child = container.start(env, asRoot);
  running.push(child);
  let printed = "";
  const started = new Promise<void>((resolve) => {
    child.stderr?.on("data", (chunk) => {
      printed += chunk;
      if (printed.includes("has started")) resolve();
    });
  });
  await Promise.race([started, once(child, "close")]);
  return { child, printed: () => printed };
}

const environment = {
  COUCHDB_USER: "admin",
  COUCHDB_PASSWORD: "plain password",
  COUCHDB_SECRET: "cookie secret",
  COUCHDB_ERLANG_COOKIE: "monster",
  NODENAME: "127.0.0.2",
};

test("settings of the environment get where CouchDB looks for them, once", async () => {
  const container = await scratch();
  await writeFile(join(container.home, "etc/local.ini"), fast("127.0.0.2"));
  for (const attempt of [1, 2]) {
    const { child, printed } = await start(container, environment);
    assert.match(printed(), /^\[info\] .* couchdb@127\.0\.0\.2 Apache CouchDB has started/, `start ${attempt}`);
    const url = `http://admin:plain%20password@127.0.0.2:${port}`;
    assert.equal(((await ask(url, "GET", "/")).body as { version: string }).version, "3.5.1");
    assert.deepEqual((await ask(url, "GET", "/_membership")).body, membershipOf(["couchdb@127.0.0.2"]));
    assert.equal(await terminate(child), 0);
    assert.doesNotMatch(printed(), /plain password|cookie secret|monster/);
  }
  const ini = await container.read("etc/local.d/docker.ini");
  assert.match(
    ini,
    /^\n\[admins\]\nadmin = -pbkdf2:sha256-\S+,10\n\n\[chttpd_auth\]\nsecret = cookie secret\n\n\[couchdb\]\nuuid = \w+\n$/,
  );
  assert.equal((await container.read("etc/vm.args")).match(/couchdb@/g)?.length, 1);
  assert.equal(await container.read(".erlang.cookie"), "monster\n");
  assert.equal((await stat(join(container.home, ".erlang.cookie"))).mode & 0o777, 0o600);
});

test("mounted files count more than the environment", async () => {
  const container = await scratch();
  await writeFile(join(container.home, "etc/local.ini"), fast("127.0.0.2"));
  await writeFile(
    join(container.home, "etc/local.d/a.ini"),
    "[admins]\nadmin = mounted\n\n[chttpd_auth]\nsecret = mounted\n",
  );
  const { printed } = await start(container, environment);
  assert.match(printed(), /has started/);
  const url = `http://admin:mounted@127.0.0.2:${port}`;
  assert.equal((await ask(url, "GET", "/_node/_local/_config/chttpd_auth/secret")).body, "mounted");
});

test("without an admin nothing starts", async () => {
  const container = await scratch();
  await writeFile(join(container.home, "etc/local.d/a.ini"), "[admins]\n;admin = commented\n");
  const { child, printed } = await start(container, { NODENAME: "127.0.0.2" });
  assert.equal(child.exitCode, 1);
  assert.match(printed(), /no admin/);
});

test("a folder for changes that cannot be written ends it", async () => {
  const container = await scratch();
  await rm(join(container.home, "etc/local.d"), { recursive: true });
  const { child } = await start(container, environment);
  assert.equal(child.exitCode, 1);
});

if (isRoot)
  test("as root it changes to the user of the image", async () => {
    const container = await scratch();
    await writeFile(join(container.home, "etc/local.ini"), fast("127.0.0.2"));
    const { printed } = await start(container, environment, true);
    assert.match(printed(), /has started/);
    assert.equal((await stat(join(container.home, "data/_nodes.couch"))).uid, 5984);
  });

test("two containers form a cluster by their seeds, and one that was killed comes back with its data", async () => {
  const hosts = ["127.0.0.2", "127.0.0.3"];
  const names = hosts.map((host) => `couchdb@${host}`);
  const containers = await Promise.all(hosts.map(() => scratch()));
  const launch = async (index: number) => {
    const host = hosts[index]!;
    const container = containers[index]!;
    const seeds = `[cluster]\nseedlist = ${names.join(",")}\n[couchdb]\nuuid = ${"1".repeat(32)}\n`;
    await writeFile(join(container.home, "etc/default.d/seeds.ini"), seeds);
    await writeFile(join(container.home, "etc/local.ini"), fast(host));
    const kernel = `-kernel inet_dist_use_interface {${host.replaceAll(".", ",")}} -kernel inet_dist_listen_min ${port + 1}`;
    const started = await start(container, { ...environment, NODENAME: host, ERL_FLAGS: kernel });
    assert.match(started.printed(), /has started/);
    return started;
  };
  const url = (host: string) => `http://admin:plain%20password@${host}:${port}`;
  const [one, two] = hosts.map(url) as [string, string];
  await launch(0);
  assert.equal(((await ask(one, "GET", "/_up")).body as { status: string }).status, "seeding");
  const { child } = await launch(1);
  for (const base of [one, two]) await eventuallyAnswers(base, "/_membership", membershipOf(names));
  assert.equal((await ask(one, "POST", "/_cluster_setup", { action: "finish_cluster" })).status, 201);
  assert.equal((await ask(one, "PUT", "/db")).status, 201);
  assert.equal((await ask(one, "PUT", "/db/d", { n: 1 })).status, 201);

  await killAll(child);
  await eventuallyAnswers(one, "/_membership", { all_nodes: [names[0]], cluster_nodes: names });
  await launch(1);
  for (const base of [one, two]) await eventuallyAnswers(base, "/_membership", membershipOf(names));
  assert.equal(((await ask(two, "GET", "/db/d")).body as { n: number }).n, 1);
});
