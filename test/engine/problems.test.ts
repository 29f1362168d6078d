import assert from "node:assert/strict";
import { test } from "node:test";
import * as couch from "../../components";
import { type FreshNode, freshDouble, freshNodes } from "../nodes";
import { TestStack } from "./stack";

const membershipOf = (
  nodes: FreshNode[],
  args: Partial<couch.CouchDbMembershipArgs> = {},
): couch.CouchDbMembershipArgs => ({
  nodes: nodes.map(({ url }) => ({ url })),
  adminUser: nodes[0]!.adminUser,
  adminPassword: nodes[0]!.adminPassword,
  timeoutSeconds: 30,
  ...args,
});

test("invalid arguments are rejected at preview, by field", async (t) => {
  const nodes = [{ url: "http://a:5984" }, { url: "http://u:hunter2@b:5984" }, { url: "HTTP://A:5984/" }];
  const stack = await TestStack.make(t, async () => {
    new couch.CouchDbMembership("cluster", { nodes, adminUser: "admin", adminPassword: "hunter2" });
  });
  if (!stack) return;
  await assert.rejects(stack.preview(), (error: Error) => {
    assert.match(error.message, /nodes\[1\]\.url.*leave them out/s);
    assert.match(error.message, /nodes\[2\]\.url.*nodes\[0\] has the same url/s);
    assert.doesNotMatch(error.message, /hunter2/);
    return true;
  });
});

test("what a preview can't know yet does not stop it", async (t) => {
  const { nodes, stop } = await freshNodes(1);
  t.after(stop);
  const stack = await TestStack.make(t, async () => {
    const credentials = new couch.CouchDbCredentials("credentials", { iterations: 10 });
    const later = <T>(value: T) => credentials.adminPasswordHash.apply(() => value);
    const { adminUser: user, adminPassword: password } = nodes[0]!;
    const membership = new couch.CouchDbMembership("cluster", {
      nodes: later([{ url: nodes[0]!.url }]),
      adminUser: later(user),
      adminPassword: later(password),
    });
    new couch.CouchDbDatabase("db", {
      connection: membership.connection,
      name: later("db"),
      q: later(1),
      security: later({ members: { roles: ["clerk"] } }),
    });
  });
  if (!stack) return;
  assert.equal((await stack.preview()).create, 4);
  assert.equal((await stack.up()).create, 4);
  assert.deepEqual(await stack.up(), { same: 4 });
});

test("a wrong password leaves nothing behind, and the right one goes on from there", async (t) => {
  const { nodes, stop } = await freshNodes(2);
  t.after(stop);
  const program = (args: Partial<couch.CouchDbMembershipArgs>) => async () => {
    new couch.CouchDbMembership("cluster", membershipOf(nodes, args));
  };
  const stack = await TestStack.make(t, program({ adminPassword: "hunter2" }));
  if (!stack) return;
  const error = await stack.failingUp();
  assert.match(error, /the administrator's name or password is wrong for this node/);
  assert.doesNotMatch(error, /hunter2/);
  assert.equal(await stack.resource("CouchDbMembership"), undefined);
  await stack.up(program({}));
});

test("a cluster that fails half-way is kept in state, refreshed, repaired and destroyed", async (t) => {
  const docker = { docker: true };
  const { nodes, stop } = await freshDouble([docker, docker, { ...docker, cookie: "other" }]);
  t.after(stop);
  const program =
    (declared: FreshNode[], args: Partial<couch.CouchDbMembershipArgs> = {}) =>
    async () => {
      new couch.CouchDbMembership("cluster", membershipOf(declared, args));
    };
  const stack = await TestStack.make(t, program(nodes, { timeoutSeconds: 10 }));
  if (!stack) return;
  const error = await stack.failingUp();
  assert.match(error, /Erlang cookies differ/);
  const failed = await stack.resource("CouchDbMembership");
  assert.match(failed?.initErrors?.[0] ?? "", /Erlang cookies differ/);

  await stack.refresh();
  assert.equal((await stack.up(program(nodes.slice(0, 2)))).update, 1);
  assert.deepEqual(await stack.up(), { same: 2 });

  await stack.failingUp(program(nodes, { timeoutSeconds: 10 }));
  await stack.destroy();
});

test("a refresh shows a dead node, and the next up waits for it and clears the drift", async (t) => {
  const { nodes, double, stop } = await freshDouble([{}, {}, {}]);
  t.after(stop);
  const stack = await TestStack.make(t, async () => {
    new couch.CouchDbMembership("cluster", membershipOf(nodes));
  });
  if (!stack) return;
  await stack.up();
  await double!.nodes[1]!.kill();
  assert.equal((await stack.refresh()).update, 1);
  const seen = (await stack.resource("CouchDbMembership"))!.outputs;
  assert.deepEqual(seen.members, ["node1@127.0.0.1", "node3@127.0.0.1"]);
  assert.match(String(seen.drift), /connection refused/);

  await double!.nodes[1]!.start();
  assert.equal((await stack.up()).update, 1);
  assert.deepEqual((await stack.resource("CouchDbMembership"))!.outputs.drift, []);
});

test("a database with documents is not destroyed unless that is allowed", async (t) => {
  const { nodes, stop } = await freshNodes(1);
  t.after(stop);
  const program = (args: Partial<couch.CouchDbDatabaseArgs>) => async () => {
    const { connection } = new couch.CouchDbMembership("cluster", membershipOf(nodes));
    new couch.CouchDbDatabase("db", { connection, name: "orders/2026+(a)", q: 1, ...args });
  };
  const stack = await TestStack.make(t, program({}));
  if (!stack) return;
  await stack.up();
  const url = `${nodes[0]!.adminUrl}/orders%2F2026%2B(a)`;
  const { origin, pathname, username, password } = new URL(url);
  const headers = { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };
  const document = await fetch(`${origin}${pathname}/one`, { method: "PUT", headers, body: "{}" });
  assert.equal(document.status, 201);

  await assert.rejects(stack.destroy(), /holds 1 documents and is not deleted.*forceDestroy: true/s);
  await assert.rejects(stack.preview(program({ q: 2 })), /q is 1, and is fixed when a database is created/);
  assert.match(await stack.failingUp(program({ name: "renamed" })), /holds 1 documents and is not deleted/);
  assert.deepEqual(await stack.up(program({})), { same: 3 });
  assert.equal((await stack.up(program({ forceDestroy: true }))).update, 1);
  await stack.destroy();
  assert.equal((await fetch(`${origin}${pathname}`, { headers })).status, 404);
});

test("credentials stay, encrypted, until a keeper has them made again", async (t) => {
  const program = (keepers?: couch.CouchDbCredentialsKeepersArgs) => async () => {
    const made = new couch.CouchDbCredentials("admin", { iterations: 10, keepers });
    const {
      adminUser: username,
      adminPassword: password,
      adminPasswordHash: passwordHash,
      cookieSecret,
      erlangCookie,
      uuid,
    } = made;
    return { username, password, passwordHash, cookieSecret, erlangCookie, uuid };
  };
  const stack = await TestStack.make(t, program());
  if (!stack) return;
  await stack.up();
  const first = await stack.outputs();
  assert.deepEqual(await stack.up(), { same: 2 });
  await stack.refresh();
  assert.deepEqual(await stack.outputs(), first);

  const { text } = await stack.state();
  for (const [name, { value, secret }] of Object.entries(first)) {
    assert.equal(secret, name !== "username", name);
    if (secret) assert.ok(!text.includes(value), `${name} stands in the state`);
    if (secret) assert.ok(!stack.shown.includes(value), `${name} was shown`);
  }

  assert.equal((await stack.up(program({ adminPassword: "2" }))).update, 1);
  const second = await stack.outputs();
  const changed = Object.keys(first).filter((name) => first[name]!.value !== second[name]!.value);
  assert.deepEqual(changed.sort(), ["password", "passwordHash"]);
});

test("state and display never hold the password, after refresh and failure either", async (t) => {
  const { nodes, stop } = await freshDouble([{ admin: { name: "adm", password: "correct-horse-battery" } }]);
  t.after(stop);
  const stack = await TestStack.make(t, async () => {
    const membership = new couch.CouchDbMembership(
      "cluster",
      membershipOf(nodes, { tls: { cert: "a certificate", key: "private-staple" } }),
    );
    new couch.CouchDbDatabase("db", { connection: membership.connection, name: "db" });
  });
  if (!stack) return;
  await stack.up();
  await stack.refresh();
  const { text } = await stack.state();
  for (const secret of ["correct-horse-battery", "private-staple"])
    assert.ok(!text.includes(secret) && !stack.shown.includes(secret), secret);
});
