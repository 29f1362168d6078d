import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { CouchDbClient } from "../../components/clients/couchdb/client";
import { membershipHandler } from "../../components/couchdb/membership/handler";
import type { MembershipInputs, MembershipOutputs } from "../../components/couchdb/membership/inputs";
import { PartialFailure } from "../../components/dynamic/handler";
import { eventually } from "../eventually";
import { cluster } from "../testbed";
import { applyPods, type CouchDbPods, declaredPods } from "./couchdb-pods";
import { farDeadline } from "./deadline";
import { allReady } from "./ready";

async function setUp(t: TestContext): Promise<{ api: Awaited<ReturnType<typeof cluster>>; pods: CouchDbPods }> {
  const api = await cluster();
  return { api, pods: { namespace: await api.namespace(t, "membership"), replicas: 3, password: "first" } };
}

/** What a run of the handler came to, and what it said. */
async function heard<T>(t: TestContext, run: () => Promise<T>): Promise<{ result?: T; error?: Error; lines: string }> {
  let lines = "";
  const write = t.mock.method(process.stdout, "write", (text: string) => {
    lines += text;
    return true;
  });
  try {
    const result = await run();
    return { result, lines };
  } catch (error) {
    return { error: error as Error, lines };
  } finally {
    write.mock.restore();
  }
}

async function failure(t: TestContext, inputs: MembershipInputs): Promise<{ message: string; lines: string }> {
  const { error, lines } = await heard(t, () => membershipHandler.create(inputs));
  assert.ok(error, "the run succeeded");
  return { message: error.message, lines };
}

test("fresh pods are joined, rolled with a new password, and found whole", async (t) => {
  const { api, pods } = await setUp(t);
  const generation = await applyPods(api, pods);
  const { outs } = await membershipHandler.create(declaredPods(api, pods, generation));
  assert.equal(outs.members.length, 3);
  assert.deepEqual((await membershipHandler.read!("id", outs))!.drift, []);
  await allReady(api, pods.namespace, "orders", pods.replicas);

  const rolled = { ...pods, password: "second", version: "2" };
  const inputs = declaredPods(api, rolled, await applyPods(api, rolled));
  assert.ok(membershipHandler.diff!(outs, inputs).changes);
  const { result, lines, error } = await heard(t, () => membershipHandler.update!("id", outs, inputs));
  assert.ifError(error);
  assert.match(lines, /couchdb: orders-0 restarted \(3\/3\)/);
  assert.ok(!membershipHandler.diff!(result!.outs, inputs).changes);
  const connection = { adminUser: inputs.adminUser, adminPassword: "second", kubernetes: inputs.kubernetes };
  for (const { url } of inputs.nodes) await new CouchDbClient(url, connection).request({ path: "_all_dbs" });
});

test("nodes that others join are only waited for, and what is missing in the end is reported", async (t) => {
  const { api, pods } = await setUp(t);
  await applyPods(api, pods);
  await allReady(api, pods.namespace, "orders", pods.replicas);
  const waited = async (timeoutSeconds: number): Promise<string> => {
    const { message } = await failure(t, { ...declaredPods(api, pods), waitOnly: true, timeoutSeconds });
    // On a busy machine they may not even have been reached.
    return message.startsWith("gave up") ? waited(2 * timeoutSeconds) : message;
  };
  assert.match(await waited(10), /not complete after \d+ s: couchdb@orders-0\S* has not heard of couchdb@orders-1/);
  const url = declaredPods(api, pods).nodes[0]!.url;
  const { cluster_nodes } = await new CouchDbClient(url, {
    adminUser: "adm",
    adminPassword: "first",
    kubernetes: { kubeconfig: api.kubeconfig },
  }).request<{ cluster_nodes: string[] }>({ path: "_membership" });
  assert.equal(cluster_nodes.length, 1);
});

const problems: [title: string, change: Partial<CouchDbPods>, what: string, says: RegExp][] = [
  [
    "an image that is not there",
    { container: { image: "couchdb:no-such-version", imagePullPolicy: "Never" } },
    "can't pull",
    /orders-0 can't pull .*couchdb:no-such-version.*\norders-1 can't/,
  ],
  [
    "a Secret that is missing",
    { container: { envFrom: [{ secretRef: { name: "missing" } }] } },
    "can't start",
    /orders-0 can't start .*: secret "missing" not found/,
  ],
  [
    "a container that crashes",
    { container: { command: ["sh", "-c", "exit 7"] } },
    "crashes",
    /orders-\d crashes: container couchdb ended with exit code 7, Error, and has been restarted 2 times; see `kubectl logs -n \S+ orders-\d -c couchdb --previous`/,
  ],
  [
    "a pod that no node takes",
    { spec: { nodeSelector: { nowhere: "true" } } },
    "can't be scheduled",
    /orders-0 can't be scheduled: 0\/\d nodes are available/,
  ],
];
for (const [title, change, what, says] of problems)
  test(`${title} is reported at once, and ends the wait early`, async (t) => {
    const { api, pods } = await setUp(t);
    const failing = { ...pods, replicas: 2, ...change };
    await applyPods(api, failing);
    const { message, lines } = await failure(t, declaredPods(api, failing));
    assert.match(message, says);
    assert.doesNotMatch(message, new RegExp(`after ${farDeadline} s`));
    assert.equal(lines.split(`couchdb: orders-0 ${what}`).length - 1, 1, lines);
  });

test("pods that a quota forbids are reported in the API server's words", async (t) => {
  const { api, pods } = await setUp(t);
  const quota = { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "none" }, spec: { hard: { pods: "0" } } };
  await api.apply(pods.namespace, [quota]);
  await eventually("the quota is counted", async () => {
    const { status } = await api.get<{ status?: { hard?: object } }>(pods.namespace, "resourcequota", "none");
    return status?.hard !== undefined;
  });
  await applyPods(api, pods);
  const { message } = await failure(t, declaredPods(api, pods));
  assert.match(message, /orders-0 can't be made: create Pod orders-0 .*exceeded quota: none/);
});

test("a pod that dies while it is joined is waited for", async (t) => {
  const { api, pods } = await setUp(t);
  await applyPods(api, pods);
  const inputs = declaredPods(api, pods);
  const joining = membershipHandler.create(inputs).catch((error: unknown) => {
    // Gone when others had it on record already: the next run completes it.
    if (!(error instanceof PartialFailure)) throw error;
    return membershipHandler.update!("id", error.outs as MembershipOutputs, inputs);
  });
  const kill = ["delete", "pod", "orders-1", "--grace-period=0", "--force", "--wait=false"];
  await eventually("the pod is deleted", () => api.kubectl("--namespace", pods.namespace, ...kill));
  assert.equal((await joining).outs.members.length, 3);
});
