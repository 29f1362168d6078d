import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { appendFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { ask } from "./client";
import { LocalStore } from "./data/local-store";
import { StoreJournal } from "./data/store-journal";

const folder = mkdtempSync(join(tmpdir(), "couchdb-double-"));
after(() => rm(folder, { recursive: true }));

async function run(data: string): Promise<{ child: ChildProcess; url: string }> {
  const command = [join(__dirname, "main.js"), "1", "--docker", "--hash-iterations", "10", "--data", data];
  const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "inherit"] });
  for await (const url of createInterface({ input: child.stdout })) return { child, url };
  throw new Error("the double ended");
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

test("what was answered is there after the process was killed", async () => {
  const data = join(folder, "killed");
  const first = await run(data);
  try {
    const put = (path: string, body: unknown) => ask(first.url, "PUT", path, body);
    await put("/db?q=2", undefined);
    for (let number = 0; number < 20; number++) await put(`/db/d${number}`, { number });
    const attachment = { _attachments: { a: { content_type: "text/plain", data: btoa("hello") } } };
    await put("/db/with-file", attachment);
    await put("/db/_local/mine", { local: true });
    await put("/db/_security", { admins: { names: ["a"], roles: [] }, members: { names: [], roles: [] } });
    await put("/_node/_local/_nodes/other@127.0.0.9", {});
    await ask(
      first.url,
      "DELETE",
      `/db/d1?rev=${((await ask(first.url, "GET", "/db/d1")).body as { _rev: string })._rev}`,
    );
    await put("/gone", undefined);
    await ask(first.url, "DELETE", "/gone");
  } finally {
    await kill(first.child);
  }
  const second = await run(data);
  try {
    const get = async (path: string) => (await ask(second.url, "GET", path)).body as Record<string, unknown>;
    assert.deepEqual(await get("/_all_dbs"), ["db"]);
    assert.equal((await get("/db")).doc_count, 20);
    assert.equal((await get("/db")).doc_del_count, 1);
    assert.equal((await get("/db/d19")).number, 19);
    assert.equal((await get("/db/_local/mine")).local, true);
    assert.deepEqual((await get("/db/_security")).admins, { names: ["a"], roles: [] });
    assert.deepEqual(((await get("/_membership")).cluster_nodes as string[]).length, 2);
    const withFile = await get("/db/with-file?attachments=true");
    assert.equal((withFile._attachments as { a: { data: string } }).a.data, btoa("hello"));
  } finally {
    await kill(second.child);
  }
});

function storeIn(file: string): LocalStore {
  return new LocalStore("s", new StoreJournal(file));
}

const edit = (id: string, history: string[] = [], body = {}) => ({
  ...{ id, history, deleted: false, body },
  attachments: [],
});

test("a store is the same after it was read again, also compacted", () => {
  const file = join(folder, "same.couch");
  const store = storeIn(file);
  store.update([edit("a", [], { n: 1 }), edit("b")], "interactive");
  const first = store.open("a")!.rev;
  store.update([edit("a", [first], { n: 2 })], "interactive");
  store.update([edit("a", ["1-conflict"], { n: 3 })], "replicated");
  store.update([edit("purged")], "interactive");
  store.purge("purged", [store.open("purged")!.rev]);
  store.putLocal("l", undefined, { x: 1 });
  store.setProperty("revsLimit", 5);
  const seen = (of: LocalStore) => [of.info(), of.changes(0), of.openLeaves("a"), of.openLocal("l"), of.settings()];
  assert.deepEqual(seen(storeIn(file)), seen(store));
  assert.equal(storeIn(file).open("a", first)?.body.n, 1);
  store.compact();
  assert.deepEqual(seen(storeIn(file)), seen(store));
  assert.equal(storeIn(file).open("a", first), undefined);
});

test("a line that was cut off is dropped, and the next one starts afresh", async () => {
  const file = join(folder, "torn.couch");
  storeIn(file).update([edit("a")], "interactive");
  await appendFile(file, '{"id":"torn","ad');
  storeIn(file).update([edit("b")], "interactive");
  assert.deepEqual(
    storeIn(file)
      .ids()
      .map(({ id }) => id),
    ["a", "b"],
  );
  assert.deepEqual((await readdir(folder)).includes("torn.couch.compact"), false);
});
