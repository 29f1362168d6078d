import assert from "node:assert/strict";
import { test } from "node:test";
import { CouchDbClient } from "../../../components/clients/couchdb/client";
import { CouchDbError } from "../../../components/clients/couchdb/error";
import { Login, Logins } from "../../../components/clients/couchdb/login";
import { hashPassword } from "../../../components/couchdb/credentials/password-hash";
import { freshDouble } from "../../nodes";

type Answer = "ok" | "refused" | "unreachable" | "missing" | "proxy";

/** A node that gives these answers, one a request, the last one for ever; and a clock. */
class Node {
  seconds = 0;
  sent = 0;
  refusals = 0;
  /** Requests under way at once, at the most. */
  most = 0;
  readonly login = new Login(() => this.seconds * 1000);
  private underWay = 0;

  constructor(public answers: Answer[]) {}

  ask(): Promise<string> {
    return this.login.send(
      () => this.answer(),
      async (milliseconds) => {
        await new Promise(setImmediate);
        this.seconds += milliseconds / 1000;
      },
    );
  }

  /** How so many requests at once end. */
  async askAtOnce(count: number): Promise<string[]> {
    const ended = await Promise.allSettled(Array.from({ length: count }, () => this.ask()));
    return ended.map((end) => (end.status === "fulfilled" ? end.value : (end.reason as CouchDbError).failure));
  }

  private async answer(): Promise<string> {
    this.sent += 1;
    this.underWay += 1;
    this.most = Math.max(this.most, this.underWay);
    const answer = this.answers.length > 1 ? this.answers.shift()! : this.answers[0]!;
    await new Promise(setImmediate);
    this.underWay -= 1;
    switch (answer) {
      case "ok":
        return "ok";
      case "refused":
        this.refusals += 1;
        throw new CouchDbError("unauthorized", "a", "GET /", "no", 401, "unauthorized");
      case "unreachable":
        throw new CouchDbError("unreachable", "a", "GET /", "connection refused");
      case "missing":
        throw new CouchDbError("failed", "a", "GET /", "answered 404", 404, "not_found");
      case "proxy":
        throw new CouchDbError("failed", "a", "GET /", "answered 502", 502);
    }
  }
}

test("the first request goes alone, the others after it side by side", async () => {
  const node = new Node(["ok"]);
  const first = node.ask();
  const others = node.askAtOnce(4);
  assert.equal(node.sent, 1);
  await Promise.all([first, others]);
  assert.equal(node.sent, 5);
  assert.equal(node.most, 4);
});

test("a wrong password costs one request, however many ask", async () => {
  const node = new Node(["refused"]);
  assert.deepEqual(new Set(await node.askAtOnce(9)), new Set(["unauthorized"]));
  assert.equal(node.refusals, 1);
  await assert.rejects(node.ask());
  assert.equal(node.refusals, 1);
});

test("a node that can't be reached is not asked by each in turn", async () => {
  const node = new Node(["unreachable"]);
  assert.deepEqual(new Set(await node.askAtOnce(9)), new Set(["unreachable"]));
  assert.equal(node.sent, 1);
});

for (const [answer, sent] of [
  ["missing", 3],
  ["proxy", 3],
] as const)
  test(`an answer for one request alone (${answer}) is not given to others`, async () => {
    const node = new Node([answer, "ok"]);
    assert.deepEqual(await node.askAtOnce(3), ["failed", "ok", "ok"]);
    assert.equal(node.sent, sent);
  });

test("a refusal is waited out once where the node was unreachable before", async () => {
  const node = new Node(["unreachable", "refused", "ok"]);
  await assert.rejects(node.ask());
  assert.deepEqual(await node.askAtOnce(3), ["ok", "ok", "ok"]);
  assert.equal(node.refusals, 1);
  assert.equal(node.seconds, 1);
});

test("so it is where a start is expected, but not for a node that was never out of reach", async () => {
  const started = new Node(["refused", "ok"]);
  started.login.expectHashing();
  assert.equal(await started.ask(), "ok");
  const node = new Node(["refused", "ok"]);
  await assert.rejects(node.ask());
});

test("of requests that are refused at once after the password was accepted, one tries again", async () => {
  const node = new Node(["ok", "refused", "refused", "refused", "ok"]);
  await node.ask();
  const asking = node.askAtOnce(3);
  await new Promise(setImmediate);
  // One that comes while the refusal is waited out does not try until then.
  assert.deepEqual(await node.askAtOnce(1), ["ok"]);
  assert.deepEqual(await asking, ["ok", "ok", "ok"]);
  assert.equal(node.refusals, 3);
  assert.equal(node.seconds, 1);
});

test("a password that was changed on the node costs two refusals, then none", async () => {
  const node = new Node(["ok", "refused"]);
  await node.ask();
  await assert.rejects(node.ask());
  await assert.rejects(node.ask());
  assert.equal(node.refusals, 2);
});

test("whatever happens in between, there are fewer than five refusals in 300 s", async () => {
  const node = new Node(["refused"]);
  for (; node.seconds < 299; node.seconds += 1) {
    node.login.expectHashing();
    node.answers = node.seconds % 7 === 0 ? ["unreachable"] : ["refused"];
    await assert.rejects(node.ask());
  }
  assert.ok(node.refusals < 5, `${node.refusals} refusals`);
});

test("a refused password is tried again after 150 s, or at once when it was set on the node", async () => {
  const node = new Node(["refused", "ok"]);
  await assert.rejects(node.ask());
  node.seconds = 149;
  await assert.rejects(node.ask());
  node.seconds = 151;
  assert.equal(await node.ask(), "ok");

  const other = new Node(["refused", "ok"]);
  await assert.rejects(other.ask());
  other.login.forget();
  assert.equal(await other.ask(), "ok");
});

test("a late answer to a request of before does not make a refused password be sent for ever", async () => {
  const node = new Node(["ok", "refused", "refused", "missing", "refused"]);
  await node.ask();
  await node.askAtOnce(3);
  node.seconds += 200;
  await assert.rejects(node.ask());
  assert.ok(node.refusals < 5, `${node.refusals} refusals`);
});

test("all clients of a node share what is known; those of another password don't", async (t) => {
  const { nodes, double, stop } = await freshDouble([{ docker: true }]);
  t.after(stop);
  const { url, adminUser, adminPassword } = nodes[0]!;
  const ask = (password: string) =>
    new CouchDbClient(url, { adminUser, adminPassword: password }).request({ path: "" });
  await assert.rejects(ask("rotated"), /answered 401/);
  await assert.rejects(ask("rotated"), /answered 401/);
  const refusals = double!.nodes[0]!.requests.filter(({ status }) => status === 401);
  assert.equal(refusals.length, 1);

  const hashed = await hashPassword("rotated", "sha256", 10); // otherwise the node hashes it some time after its answer
  const path = `_node/_local/_config/admins/${adminUser}`;
  await new CouchDbClient(url, { adminUser, adminPassword }).request({ method: "PUT", path, body: hashed });
  new CouchDbClient(url, { adminUser, adminPassword: "rotated" }).login.forget();
  await ask("rotated");
});

test("passwords that are no longer used are forgotten, those in use are not", async () => {
  let seconds = 0;
  const logins = new Logins(() => seconds * 1000);
  const of = (adminPassword: string) => logins.of("http://a", { adminUser: "adm", adminPassword });
  const used = of("used");
  for (let rotation = 0; rotation < 20; rotation += 1) {
    const rotated = of(`password ${rotation}`);
    assert.equal(of(`password ${rotation}`), rotated);
    seconds += 200;
    await used.send(
      async () => {},
      async () => {},
    );
  }
  assert.equal(of("used"), used);
  assert.ok(logins.size <= 4, `${logins.size} logins`);
});
