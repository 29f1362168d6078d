/** The program as it is shipped, sent what no API server sends. */
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import { bundleOf } from "../../toolchain/bundle";
import { HookProgram, reviewOf } from "./program";

const nowhere = { host: "127.0.0.1", port: 1, token: "a-token", ca: "" };
const valid = JSON.stringify(reviewOf({ namespace: "shop", name: "db-0" }));

test("is small, whole, and nothing of Pulumi", () => {
  const text = readFileSync(bundleOf("reschedule"), "utf8");
  assert.ok(statSync(bundleOf("reschedule")).size <= 100_000);
  assert.ok(!text.includes("@pulumi"));
});

/** Bytes of a body that is read. */
const longest = 256 * 1024;

/** A review with any of its fields gone or another. */
const or = (usual: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 19, arbitrary: usual }, { weight: 1, arbitrary: fc.jsonValue() });
const nearlyReview = fc
  .record(
    {
      uid: or(fc.string()),
      namespace: or(fc.oneof(fc.string(), fc.constantFrom("", ".", "..", "a/b", "shop"))),
      name: or(fc.oneof(fc.string(), fc.constantFrom("", "../../..", "db-0?watch=1", "%2e"))),
      operation: or(fc.constantFrom("CREATE", "DELETE", "")),
      resource: or(fc.record({ resource: fc.constantFrom("pods", "nodes") })),
      subResource: or(fc.constantFrom("eviction", "")),
      dryRun: or(fc.boolean()),
      object: or(fc.record({ deleteOptions: fc.oneof(fc.constant({}), fc.record({ dryRun: fc.jsonValue() })) })),
    },
    { requiredKeys: [] },
  )
  .map((request) => JSON.stringify(reviewOf(request)));

const body = fc.oneof(
  { weight: 5, arbitrary: nearlyReview },
  { weight: 2, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.jsonValue().map((request) => JSON.stringify({ ...reviewOf({}), request })) },
  { weight: 1, arbitrary: fc.nat(valid.length).map((length) => valid.slice(0, length)) },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
);

test("10,000 junk reviews: always a valid answer", { timeout: 120_000 }, async (t) => {
  const hook = await HookProgram.start(t, nowhere, { LOG_LEVEL: "error" });
  const junk = fc.sample(body, { numRuns: 10_000, seed: 20_240_601 });
  const counts: Record<number, number> = {};
  const send = async () => {
    for (let text = junk.pop(); text !== undefined; text = junk.pop()) {
      const { status, text: answer } = await hook.post(text);
      counts[status] = (counts[status] ?? 0) + 1;
      if (status === 400) continue;
      assert.equal(status, 200, `${status} to ${text}`);
      const { apiVersion, kind, response } = JSON.parse(answer);
      assert.deepEqual([apiVersion, kind], ["admission.k8s.io/v1", "AdmissionReview"]);
      assert.equal(response.uid, JSON.parse(text).request.uid ?? "");
      if (!response.allowed) assert.equal(response.status.message, "Failed to get pod", text);
    }
  };
  await Promise.all(Array.from({ length: 16 }, send));
  t.diagnostic(JSON.stringify(counts));
  assert.ok(counts[200]! > 2_000 && counts[400]! > 2_000, JSON.stringify(counts));
  assert.equal(hook.child.exitCode, null);
  t.diagnostic(`${hook.resident} KiB resident`);
});

test("requests that are not reviews", async (t) => {
  const hook = await HookProgram.start(t, nowhere);
  const json = { "content-type": "application/json" };
  for (const [method, path, headers, text, expected] of [
    ["POST", "/eviction", { "content-type": "text/plain" }, valid, 415],
    ["POST", "/eviction", {}, valid, 415],
    ["POST", "/eviction", { "content-type": "application/json; charset=utf-8" }, valid, 200],
    ["POST", "/eviction", json, "", 400],
    ["POST", "/eviction", json, "{", 400],
    ["POST", "/eviction", json, "[]", 400],
    ["POST", "/eviction", json, "{}", 400],
    ["POST", "/eviction", json, valid.replace("k8s.io/v1", "k8s.io/v1beta1"), 400],
    ["POST", "/eviction", json, valid.replace("AdmissionReview", "Eviction"), 400],
    ["POST", "/eviction", json, valid.replace('"uid":"a-uid"', '"uid":7'), 400],
    ["POST", "/eviction", json, " ".repeat(longest) + valid, 413],
    ["GET", "/eviction", {}, "", 404],
    ["POST", "/", json, valid, 404],
    ["GET", "/metrics", {}, "", 404],
    ["POST", "/readyz", {}, "", 404],
    ["GET", "/readyz", {}, "", 503],
  ] as const)
    assert.equal(
      (await hook.request(method, path, text, headers)).status,
      expected,
      `${method} ${path}: ${text.slice(0, 80)}`,
    );
});

for (const [what, open, part, close] of [
  ["objects", '"x":[', "{},", "{}]"],
  ["lists in lists", '"x":', "[", ""],
  ["numbers", '"x":[', "1,", "1]"],
  ["names", "", '"a":1,', '"a":1'],
  ["names in names", '"x":', '{"":', ""],
] as const)
  test(`a review of many ${what} is answered, or rejected as too long`, async (t) => {
    const hook = await HookProgram.start(t, nowhere, { LOG_LEVEL: "error" });
    /** What is left open makes it no JSON, after all of it has been read. */
    const filled = (length: number) => {
      const review = valid.replace('"request":{', `"request":{${open}FILL${close},`);
      return review.replace("FILL", part.repeat((length - review.length) / part.length));
    };
    const below = filled(longest);
    assert.ok(below.length > longest - 100 && below.length <= longest);
    const expected = close === "" ? 400 : 200;
    for (const { status } of await Promise.all(Array.from({ length: 20 }, () => hook.post(below))))
      assert.equal(status, expected);
    for (const length of [longest + 100, 3 * 1024 * 1024]) assert.equal((await hook.post(filled(length))).status, 413);
    assert.equal((await hook.review({ namespace: "shop", name: "db-0" })).status!.code, 500);
  });

test("a body without length, and without end, is rejected", async (t) => {
  const hook = await HookProgram.start(t, nowhere);
  const headers = { "transfer-encoding": "chunked" };
  assert.equal((await hook.post(Buffer.alloc(longest + 1, 32), headers)).status, 413);
  assert.equal((await hook.review({ namespace: "shop", name: "db-0" })).status!.code, 500);
});

test("a request other than an eviction is allowed unread", async (t) => {
  const hook = await HookProgram.start(t, nowhere);
  for (const request of [
    { operation: "DELETE", subResource: undefined, name: undefined },
    { operation: "DELETE", subResource: "", name: "" },
    { kind: { kind: "Node" }, resource: { group: "", version: "v1", resource: "nodes" } },
    { kind: { kind: "Binding" }, subResource: "binding" },
  ])
    assert.deepEqual(await hook.review({ namespace: "shop", name: "db-0", ...request }), {
      uid: "a-uid",
      allowed: true,
    });
});
