import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ApiServer } from "../../components/runtime/api-server";
import { Readiness } from "../../components/runtime/readiness";
import { apiDouble } from "./api-double";

async function serve(t: TestContext, answer: RequestListener) {
  const { host, port, token, ca } = await apiDouble(t, answer);
  const account = mkdtempSync(join(tmpdir(), "account-"));
  const writeToken = (token: string) => writeFileSync(join(account, "token"), token);
  writeFileSync(join(account, "ca.crt"), ca);
  writeToken(token);
  const observed: string[] = [];
  const settings = { host, port: String(port), account };
  const api = new ApiServer(settings, (...request) => observed.push(request.join(" ")));
  t.after(() => {
    api.close();
    rmSync(account, { recursive: true });
  });
  return { api, observed, writeToken };
}

const get = (timeout = 10_000) => ({ method: "GET", path: "/", deadline: performance.now() + timeout }) as const;

test("a kept connection that turns out closed is not a failure", async (t) => {
  const seen = new Map<unknown, number>();
  const { api, observed } = await serve(t, (request, response) => {
    const count = (seen.get(request.socket) ?? 0) + 1;
    seen.set(request.socket, count);
    if (count === 1) response.end("{}");
    else request.socket.destroy();
  });
  for (let count = 0; count < 3; count++) assert.equal((await api.request(get())).status, 200);
  assert.equal(seen.size, 3);
  assert.ok(observed.includes("GET unreachable /"));
});

test("kept connections to a server that is gone cost only a part of the time", async (t) => {
  const seen = new Set<unknown>();
  const gone = new Set<unknown>();
  const { api } = await serve(t, (request, response) => {
    seen.add(request.socket);
    // Not at once: each of the first requests needs a connection of its own.
    if (!gone.has(request.socket)) setTimeout(() => response.end("{}"), 200);
  });
  await Promise.all([1, 2, 3].map(() => api.request(get())));
  assert.equal(seen.size, 3);
  for (const socket of seen) gone.add(socket);
  const longAgo = () => (api.answeredAt -= 10_000);
  longAgo();
  const answer = await api.request({ ...get(9_000), method: "PATCH" });
  assert.equal(answer.status, 200, "with what is left after one of them was waited for");
  assert.equal(seen.size, 4);
  for (const socket of seen) gone.add(socket);
  longAgo();
  assert.equal((await api.request(get(6_000))).status, 200, "also where there is little time");
});

test("a slow server is waited for, and gets each request once, while it responds", async (t) => {
  let count = 0;
  const { api } = await serve(t, (_, response) => {
    setTimeout(() => response.end("{}"), count++ === 0 ? 0 : 2_500);
  });
  assert.equal((await api.request(get())).status, 200);
  assert.equal((await api.request(get(10_000))).status, 200);
  assert.equal(count, 2);
});

test("a token that is not accepted any more is read again", async (t) => {
  let accepted = "first";
  const { api, writeToken } = await serve(t, (request, response) => {
    response.writeHead(request.headers.authorization === `Bearer ${accepted}` ? 200 : 401).end();
  });
  assert.equal((await api.request(get())).status, 200);
  accepted = "second";
  assert.equal((await api.request(get())).status, 401);
  writeToken("second\n");
  assert.equal((await api.request(get())).status, 200);
});

test("a server with too many requests is tried again", async (t) => {
  let count = 0;
  const { api } = await serve(t, (_, response) => response.writeHead(count++ === 0 ? 429 : 200).end());
  assert.equal((await api.request(get(5_000))).status, 200);
});

test("no response in time", async (t) => {
  const { api } = await serve(t, () => {});
  await assert.rejects(api.request(get(200)), /no answer in time/);
});

test("whether it can be reached is checked once a second", async (t) => {
  let count = 0;
  let status = 200;
  const { api } = await serve(t, (_, response) => {
    count++;
    response.writeHead(status).end();
  });
  const readiness = new Readiness(api);
  assert.deepEqual(await Promise.all([readiness.check(), readiness.check()]), [true, true]);
  assert.equal(await readiness.check(), true);
  assert.equal(count, 1);
  for (const [answered, expected] of [
    [403, true],
    [401, false],
    [503, false],
  ] as const) {
    status = answered;
    api.answeredAt = Number.NEGATIVE_INFINITY;
    assert.equal(await readiness.check(), expected, String(answered));
  }
});
