import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../../eventually";
import { ask, millisecondsOf } from "./client";
import { type CouchDbNode, startCouchDb } from "./index";

const locked = "Account is temporarily locked due to multiple authentication failures";

const withPassword = (node: CouchDbNode, password: string) => node.adminUrl.replace(":pass@", `:${password}@`);

test("five wrong passwords lock the right one out, until the time is over", async (t) => {
  const ini = { chttpd_auth_lockout: { max_lifetime: "3000" } };
  const double = await startCouchDb(1, { hashIterations: 10, ini });
  t.after(() => double.stop());
  const node = double.nodes[0]!;
  for (let attempt = 1; attempt <= 5; attempt++) {
    assert.equal((await ask(withPassword(node, "wrong"), "GET", "/_up")).status, 401, `attempt ${attempt}`);
  }
  const right = () => ask(withPassword(node, "pass"), "GET", "/_up");
  const { status, body } = await right();
  assert.deepEqual([status, body], [403, { error: "forbidden", reason: locked }]);
  assert.equal((await ask(node.url, "GET", "/_up")).status, 200, "no password is needed");
  await eventually("the right one is taken again", async () => (await right()).status === 200);
});

test("a restart unlocks", async (t) => {
  const double = await startCouchDb(1, { hashIterations: 10 });
  t.after(() => double.stop());
  const node = double.nodes[0]!;
  for (let attempt = 1; attempt <= 6; attempt++) await ask(withPassword(node, "wrong"), "GET", "/");
  assert.equal((await ask(withPassword(node, "pass"), "GET", "/")).status, 403);
  await node.stop();
  await node.start();
  assert.equal((await ask(withPassword(node, "pass"), "GET", "/")).status, 200);
});

test("a line in [admins] that is hashed already is taken as it is", async () => {
  const line = "-pbkdf2-4b007901b765489abead49d926f721d065a429c1,salt,4096";
  const other = await startCouchDb(1, { admin: { name: "adm", password: line } });
  const url = other.nodes[0]!.url.replace("//", "//adm:password@");
  const { body } = await ask(url, "GET", "/_node/_local/_config/admins");
  await other.stop();
  assert.deepEqual(body, { adm: line });
});

test("with default iterations the first check of a password takes its time, the next none", async () => {
  const slow = await startCouchDb(1);
  const asking = () => millisecondsOf(() => ask(slow.nodes[0]!.adminUrl, "GET", "/"));
  const first = await asking();
  const later: number[] = [];
  for (let attempt = 0; attempt < 5; attempt++) later.push(await asking());
  await slow.stop();
  assert.ok(first > 50 && Math.min(...later) < first / 2, `${later} after ${first} ms`);
});

for (const [valid, exceptForUp, open] of [
  [false, false, [200, 200]],
  [false, true, [200, 401]],
  [true, false, [401, 401]],
  [true, true, [200, 401]],
] as const)
  test(`anonymous: require_valid_user ${valid}, except for up ${exceptForUp}`, async () => {
    const chttpd = { require_valid_user: `${valid}`, require_valid_user_except_for_up: `${exceptForUp}` };
    const closed = await startCouchDb(1, { hashIterations: 10, ini: { chttpd } });
    const answers = await Promise.all(["/_up", "/"].map((path) => fetch(closed.nodes[0]!.url + path)));
    await closed.stop();
    assert.deepEqual(
      answers.map(({ status }) => status),
      open,
    );
    // Only one of the two has a browser ask for the password.
    assert.equal(answers[1]!.headers.get("www-authenticate"), valid ? 'Basic realm="server"' : null);
  });
