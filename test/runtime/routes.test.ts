/** The server of probes and metrics, over HTTP. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { healthRoutes, readyzResponse, type Status } from "../../components/runtime/health";
import { type Routes, serveRoutes } from "../../components/runtime/routes";

async function serve(t: TestContext, routes: Routes): Promise<(path: string, method?: string) => Promise<Response>> {
  const server = serveRoutes(0, routes);
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return (path, method = "GET") => fetch(`http://127.0.0.1:${port}${path}`, { method });
}

test("/health is 200 while the program runs; /ready says how it is doing", async (t) => {
  let status: Status & { node?: string } = { ready: false, state: "starting" };
  const get = await serve(
    t,
    healthRoutes(() => status),
  );
  const read = async (path: string) => {
    const response = await get(path);
    assert.equal(response.headers.get("content-type"), "application/json");
    return [response.status, await response.json()];
  };
  assert.deepEqual(await read("/health"), [200, { alive: true }]);
  assert.deepEqual(await read("/ready"), [503, { ready: false, state: "starting" }]);
  status = { ready: true, state: "joined", node: "couchdb@a" };
  assert.deepEqual(await read("/ready?verbose"), [200, { ready: true, state: "joined", node: "couchdb@a" }]);
  assert.equal((await get("/ready", "HEAD")).status, 200);
  assert.deepEqual(await read("/"), [404, { error: "not found; routes: /health, /ready" }]);
  assert.deepEqual((await read("/toString"))[0], 404);
});

test("a route that fails is answered with 500", async (t) => {
  const get = await serve(t, { "/metrics": () => Promise.reject(new Error("no memory")) });
  const response = await get("/metrics");
  assert.deepEqual([response.status, await response.text()], [500, "no memory\n"]);
});

test("/readyz", () => {
  const contentType = "text/plain; charset=utf-8";
  assert.deepEqual(readyzResponse(true), { status: 200, contentType, text: "ok\n" });
  assert.deepEqual(readyzResponse(false), { status: 503, contentType, text: "not ready\n" });
});
