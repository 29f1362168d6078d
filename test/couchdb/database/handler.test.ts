import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { CouchDbClient, pathOf } from "../../../components/clients/couchdb/client";
import { databaseHandler } from "../../../components/couchdb/database/handler";
import type { DatabaseInputs, DatabaseOutputs } from "../../../components/couchdb/database/inputs";
import { PartialFailure } from "../../../components/dynamic/handler";
import { unknown } from "../../../components/dynamic/unknown";
import { type FreshNodes, freshNodes } from "../../nodes";
import { create as createCluster, declared } from "../join/cluster";

let cluster: FreshNodes;

before(async () => {
  cluster = await freshNodes(2);
  await createCluster(declared(cluster.nodes));
});

after(() => cluster.stop());

function inputs(name: string, differences: Partial<DatabaseInputs> = {}): DatabaseInputs {
  const { adminUser: user, adminPassword: password } = cluster.nodes[0]!;
  const urls = cluster.nodes.map(({ url }) => url);
  return { name, connection: { urls, adminUser: user, adminPassword: password }, ...differences };
}

async function create(name: string, differences: Partial<DatabaseInputs> = {}): Promise<DatabaseOutputs> {
  return (await databaseHandler.create(inputs(name, differences))).outs;
}

const read = (outs: DatabaseOutputs) => databaseHandler.read!("id", outs);
const destroy = (outs: DatabaseOutputs) => databaseHandler.delete!("id", outs);

function client(): CouchDbClient {
  return new CouchDbClient(cluster.nodes[1]!.url, cluster.nodes[1]!);
}

const exists = async (name: string) => (await client().find({ path: pathOf(name) })) !== undefined;

describe("databases of every kind of name are made, read and deleted", () => {
  for (const name of ["plain", "a/b", "with+plus", "a_$()+-/9"])
    test(name, async () => {
      const outs = await create(name);
      assert.ok(await exists(name));
      assert.deepEqual(await read(outs), outs);
      await destroy(outs);
      assert.ok(!(await exists(name)));
      assert.equal(await read(outs), undefined);
      await destroy(outs);
    });
});

test("shards, copies and partitioning are as declared", async () => {
  const outs = await create("shaped", { q: 3, n: 1, partitioned: true });
  assert.deepEqual([outs.q, outs.n, outs.partitioned], [3, 1, true]);
  await destroy(outs);
});

test("the security object is put and drift in it is seen", async () => {
  const security = { members: { roles: ["clerk"] } };
  const outs = await create("secured", { security });
  const path = pathOf("secured", "_security");
  const full = { admins: { names: [], roles: [] }, members: { names: [], roles: ["clerk"] } };
  assert.deepEqual(await client().request({ path }), full);
  assert.ok(!databaseHandler.diff!((await read(outs))!, inputs("secured", { security })).changes);

  await client().request({ method: "PUT", path, body: {} });
  assert.ok(databaseHandler.diff!((await read(outs))!, inputs("secured", { security })).changes);
  await databaseHandler.update!("id", outs, inputs("secured", { security }));
  assert.deepEqual(await client().request({ path }), full);
  await destroy(outs);
});

test("a database that exists already is taken over if it was created with the same settings", async () => {
  const first = await create("twice", { q: 1 });
  assert.deepEqual(await create("twice", { q: 1 }), first);
  await assert.rejects(
    create("twice", { q: 4 }),
    /exists already, created with different settings: q is 1, declared 4/,
  );
  await destroy(first);
});

test("a database with documents is deleted only by force", async () => {
  const outs = await create("full");
  await client().request({ method: "PUT", path: pathOf("full", "one"), body: {} });
  await assert.rejects(destroy(outs), /holds 1 documents and is not deleted.*forceDestroy/);
  assert.ok(await exists("full"));
  await destroy({ ...outs, forceDestroy: true });
  assert.ok(!(await exists("full")));
});

test("a system database is secured, but neither created nor deleted", async () => {
  const security = { admins: { roles: ["_admin"] }, members: { roles: ["_admin"] } };
  const outs = await create("_replicator", { security });
  await destroy({ ...outs, forceDestroy: true });
  assert.ok(await exists("_replicator"));
});

test("that CouchDB protects the security object of _users is reported with the remedy", async () => {
  await assert.rejects(
    create("_users", { security: { members: { roles: ["clerk"] } } }),
    /answered 403 forbidden: .*leave `security` out, or set \[couchdb\] users_db_security_editable = true/,
  );
});

test("more copies than there are nodes are one on each, and no difference later", async () => {
  const outs = await create("wide", { n: 5 });
  assert.equal(outs.n, 5);
  assert.deepEqual(await read(outs), outs);
  assert.ok(!databaseHandler.diff!(outs, inputs("wide", { n: 5 })).changes);
  assert.deepEqual(await create("wide", { n: 5 }), outs);
  await assert.rejects(create("wide", { n: 1 }), /n is 2, declared 1/);
  await destroy(outs);
});

test("a database that was created, but not heard of again, is kept in state, and completed by the next run", async (t) => {
  let isHeard = false;
  const server = createServer(({ method, url }, response) => {
    const answer = (status: number, body: object) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (method === "PUT" && url === "/new") return answer(201, { ok: true });
    if (url !== "/new") return answer(200, { status: "ok" });
    return isHeard ? answer(200, { doc_count: 0, cluster: { q: 2, n: 1 }, props: {} }) : answer(403, { error: "no" });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const urls = [`http://127.0.0.1:${(server.address() as AddressInfo).port}`];
  const declaration = inputs("new", { connection: { urls, adminUser: "adm", adminPassword: "pass" } });
  const failure = await databaseHandler.create(declaration).catch((error: unknown) => error);
  assert.ok(failure instanceof PartialFailure, String(failure));
  isHeard = true;
  const { outs } = await databaseHandler.update!("new", failure.outs as DatabaseOutputs, declaration);
  assert.deepEqual([outs.q, outs.n, outs.partitioned], [2, 1, false]);
});

test("another node is asked where the first does not answer", async () => {
  const connection = inputs("x").connection;
  const outs = await create("elsewhere", {
    connection: { ...connection, urls: ["http://127.0.0.1:2", ...connection.urls] },
  });
  await destroy(outs);
});

describe("what a change means", () => {
  const olds: DatabaseOutputs = {
    ...{ connection: { urls: ["u"], adminUser: "a", adminPassword: "b" } },
    name: "db",
    q: 2,
    n: 3,
    partitioned: false,
  };
  const news = (differences: Partial<DatabaseInputs>) => ({ connection: olds.connection, name: "db", ...differences });
  const diff = (differences: Partial<DatabaseInputs>) => databaseHandler.diff!(olds, news(differences));

  test("none", () => assert.ok(!diff({}).changes));
  test("what the cluster chose, now declared", () => assert.ok(!diff({ q: 2, n: 3, partitioned: false }).changes));
  test("an update", () =>
    assert.deepEqual(diff({ forceDestroy: true }), { changes: true, replaces: [], deleteBeforeReplace: true }));
  test("another name is another database, created when the old one could be deleted", () =>
    assert.deepEqual(diff({ name: "other" }), { changes: true, replaces: ["name"], deleteBeforeReplace: true }));
  for (const key of ["q", "n", "partitioned"])
    test(`${key} not known yet is not rejected`, () =>
      assert.deepEqual(diff({ [key]: unknown }), { changes: true, replaces: [], deleteBeforeReplace: true }));
  for (const security of [unknown, { members: unknown }, { members: { names: [unknown] } }])
    test(`security not known yet is a change: ${JSON.stringify(security)}`, () => {
      const open = { ...olds, security: {} };
      assert.ok(databaseHandler.diff!(open, news({ security } as unknown as Partial<DatabaseInputs>)).changes);
    });
  test("another q is rejected", () =>
    assert.throws(() => diff({ q: 4 }), /q is 2, and is fixed when a database is created/));
  test("another q by force replaces the database", () => {
    assert.deepEqual(diff({ q: 4, forceDestroy: true }), { changes: true, replaces: ["q"], deleteBeforeReplace: true });
  });
});
