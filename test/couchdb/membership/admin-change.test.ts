import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { hashPassword, PasswordHashFunction } from "../../../components/couchdb/credentials/password-hash";
import { membershipHandler } from "../../../components/couchdb/membership/handler";
import type { MembershipOutputs } from "../../../components/couchdb/membership/inputs";
import { PartialFailure } from "../../../components/dynamic/handler";
import { type FreshNode, type FreshNodes, freshDouble } from "../../nodes";
import { gateBefore } from "../gate";
import { ask, assertOneCluster, clientOf, create, declared, update } from "../join/cluster";

const docker = { docker: true };

async function cluster(t: TestContext): Promise<FreshNodes & { outs: MembershipOutputs }> {
  const fresh = await freshDouble([docker, docker, docker]);
  t.after(fresh.stop);
  return { ...fresh, outs: await create(declared(fresh.nodes)) };
}

const as = (nodes: readonly FreshNode[], difference: Partial<FreshNode>) =>
  nodes.map((node) => ({ ...node, ...difference }));

const hashOf = (password: string) => hashPassword(password, PasswordHashFunction.Sha256, 10);

const linePath = (user: string) => `_node/_local/_config/admins/${user}`;

/** How often each node has refused credentials. */
const refusals = ({ double }: FreshNodes) =>
  double!.nodes.map(({ requests }) => requests.filter(({ status }) => status === 401).length);

const writes = ({ double }: FreshNodes) =>
  double!.nodes.flatMap(({ requests }) => requests.filter(({ method }) => method !== "GET"));

/** Sets a password as another process would: this one's clients know nothing of it. */
async function setByHand(node: FreshNode, user: string, password: string, hash = hashOf(password)): Promise<void> {
  const client = clientOf(node);
  await client.request({ method: "PUT", path: linePath(user), body: await hash });
  client.login.forget();
}

test("a new password reaches all nodes, as one line, without a wrong try", async (t) => {
  const fresh = await cluster(t);
  const now = as(fresh.nodes, { adminPassword: "new" });
  const outs = await update(fresh.outs, declared(now));
  assert.deepEqual(refusals(fresh), [0, 0, 0]);
  const lines = await Promise.all(now.map((node) => ask<string>(node, linePath(node.adminUser))));
  assert.equal(new Set(lines).size, 1);
  assert.match(lines[0]!, /^-pbkdf2:sha256-/);
  await assert.rejects(ask(fresh.nodes[1]!, "_all_dbs"), /answered 401/);
  await assertOneCluster(now);
  assert.equal(outs.formerAdmins, undefined);
});

test("nodes get the line that is declared; one that has it is left alone", async (t) => {
  const fresh = await cluster(t);
  const adminPasswordHash = await hashOf("new");
  const now = as(fresh.nodes, { adminPassword: "new" });
  await setByHand(fresh.nodes[2]!, "adm", "new", Promise.resolve(adminPasswordHash));
  const before = writes(fresh).length;
  const outs = await update(fresh.outs, declared(now, { adminPasswordHash }));
  assert.equal(writes(fresh).length - before, 2);
  assert.deepEqual(refusals(fresh), [0, 0, 1]);
  for (const node of now) assert.equal(await ask(node, linePath("adm")), adminPasswordHash);

  // The same password, hashed again.
  const another = await hashOf("new");
  assert.ok(membershipHandler.diff!(outs, declared(now, { adminPasswordHash: another })).changes);
  await update(outs, declared(now, { adminPasswordHash: another }));
  for (const node of now) assert.equal(await ask(node, linePath("adm")), another);
});

test("nodes that had the new password set by hand are left as they are", async (t) => {
  const fresh = await cluster(t);
  for (const node of fresh.nodes) await setByHand(node, "adm", "new");
  const before = writes(fresh).length;
  await update(fresh.outs, declared(as(fresh.nodes, { adminPassword: "new" })));
  assert.equal(writes(fresh).length, before);
  assert.deepEqual(refusals(fresh), [1, 1, 1]);
});

/** What CouchDB before 3.4 makes of the newer line: an unknown password in plain text. */
const older = { docker: true, version: "3.3.3" };

async function linesOf(nodes: readonly FreshNode[]): Promise<string[]> {
  return Promise.all(nodes.map((node) => ask<string>(node, linePath(node.adminUser))));
}

test("nodes too old for the declared line keep theirs, and newer ones get it", async (t) => {
  const fresh = await freshDouble([older, docker, older]);
  t.after(fresh.stop);
  const outs = await create(declared(fresh.nodes));
  const before = await linesOf(fresh.nodes);
  const adminPasswordHash = await hashOf("pass");
  await update(outs, declared(fresh.nodes, { adminPasswordHash }));
  assert.deepEqual(await linesOf(fresh.nodes), [before[0], adminPasswordHash, before[2]]);
  await assertOneCluster(fresh.nodes);
});

for (const [which, adminPasswordHash] of [
  ["declared line", hashOf("new")],
  ["newer line", undefined],
] as const)
  test(`nodes too old for the ${which} get a new password as one that they know`, async (t) => {
    const fresh = await freshDouble([older, older]);
    t.after(fresh.stop);
    const outs = await create(declared(fresh.nodes));
    const now = as(fresh.nodes, { adminPassword: "new" });
    await update(outs, declared(now, { adminPasswordHash: await adminPasswordHash }));
    const lines = await linesOf(now);
    assert.equal(new Set(lines).size, 1);
    assert.match(lines[0]!, /^-pbkdf2-[0-9a-f]{40},[0-9a-f]{32},10$/);
    await assertOneCluster(now);
  });

test("another name takes the place of the one before, which is removed", async (t) => {
  const fresh = await cluster(t);
  const now = as(fresh.nodes, { adminUser: "root", adminPassword: "new" });
  await update(fresh.outs, declared(now));
  for (const node of now) await assert.rejects(ask(node, linePath("adm")), /answered 404/);
  await assertOneCluster(now);
});

test("another name that all nodes know does not replace the administrator", async (t) => {
  const fresh = await cluster(t);
  for (const node of fresh.nodes) await setByHand(node, "root", "new");
  await update(fresh.outs, declared(as(fresh.nodes, { adminUser: "root", adminPassword: "new" })));
  await assertOneCluster(fresh.nodes);
});

test("a node that takes neither password is reported, nothing changes, and no password is tried twice", async (t) => {
  const fresh = await cluster(t);
  await setByHand(fresh.nodes[1]!, "adm", "other");
  const before = writes(fresh).length;
  await assert.rejects(update(fresh.outs, declared(as(fresh.nodes, { adminPassword: "new" }))), (error: Error) => {
    assert.match(error.message, /answered 401.*the administrator's name or password is wrong for this node/);
    assert.ok(!(error instanceof PartialFailure));
    return true;
  });
  assert.equal(writes(fresh).length, before);
  assert.deepEqual(refusals(fresh), [0, 2, 0]);
});

test("a change that is interrupted half-way is refreshed, and completed by the next run", async (t) => {
  const fresh = await cluster(t);
  const gate = await gateTo(t, fresh.nodes[2]!);
  const nodes = [...fresh.nodes.slice(0, 2), { ...fresh.nodes[2]!, url: gate.url }];
  const olds = await update(fresh.outs, declared(nodes));
  gate.closed = true;
  const now = as(nodes, { adminPassword: "new" });
  const failure = await update(olds, declared(now, { timeoutSeconds: 5 })).catch((error: unknown) => error);
  assert.ok(failure instanceof PartialFailure, String(failure));
  const left = failure.outs as MembershipOutputs;
  assert.deepEqual(left.formerAdmins, [{ adminUser: "adm", adminPassword: "pass" }]);
  await assert.rejects(ask(nodes[0]!, "_all_dbs"), /answered 401/);

  const seen = (await membershipHandler.read!("id", left))!;
  assert.deepEqual(seen.drift, []);
  assert.deepEqual(refusals(fresh), [1, 0, 1]);

  gate.closed = false;
  const whole = await update(left, declared(now));
  assert.equal(whole.formerAdmins, undefined);
  await assertOneCluster(now);
  // The new password, which the third node has refused a moment ago, was not sent there again before it was set.
  assert.deepEqual(refusals(fresh), [1, 0, 1]);
});

test("a new line of the same password that reached some nodes reaches the others in the next run", async (t) => {
  const fresh = await cluster(t);
  const gate = await gateTo(t, fresh.nodes[2]!);
  const nodes = [...fresh.nodes.slice(0, 2), { ...fresh.nodes[2]!, url: gate.url }];
  const olds = await update(fresh.outs, declared(nodes));
  const adminPasswordHash = await hashOf("pass");
  gate.closed = true;
  const failure = await update(olds, declared(nodes, { adminPasswordHash, timeoutSeconds: 5 })).catch(
    (error: unknown) => error,
  );
  assert.ok(failure instanceof PartialFailure, String(failure));
  gate.closed = false;
  await update(failure.outs as MembershipOutputs, declared(nodes, { adminPasswordHash }));
  for (const node of nodes) assert.equal(await ask(node, linePath("adm")), adminPasswordHash);
});

test("a node that restarts with the administrator it has just refused gets no other", async (t) => {
  const fresh = await cluster(t);
  const gate = await gateTo(t, fresh.nodes[2]!);
  const nodes = [...fresh.nodes.slice(0, 2), { ...fresh.nodes[2]!, url: gate.url }];
  const olds = await update(fresh.outs, declared(nodes));
  gate.beforeWelcome = async () => {
    await setByHand(fresh.nodes[2]!, "root", "new");
    const renewed = clientOf({ ...fresh.nodes[2]!, adminUser: "root", adminPassword: "new" });
    await renewed.request({ method: "DELETE", path: linePath("adm") });
  };
  const now = as(nodes, { adminUser: "root", adminPassword: "new" });
  await update(olds, declared(now));
  assert.equal(gate.beforeWelcome, undefined);
  await assertOneCluster(now);
});

/** A way to a node. */
interface Gate {
  url: string;
  /** Whether nobody's password can be changed. */
  closed: boolean;
  /** What happens before the next `GET /` gets there, once. */
  beforeWelcome?: () => Promise<void>;
}

async function gateTo(t: TestContext, node: FreshNode): Promise<Gate> {
  const gate: Gate = { url: "", closed: false };
  const { url } = await gateBefore(t, node, async (request) => {
    const { beforeWelcome } = gate;
    if (request.url === "/" && beforeWelcome) {
      gate.beforeWelcome = undefined;
      await beforeWelcome();
    }
    const isKept = gate.closed && request.method === "PUT";
    if (isKept) request.socket.destroy();
    return isKept;
  });
  return Object.assign(gate, { url });
}
