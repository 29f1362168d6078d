/** What the CouchDB client has in bundled programs in place of the global `fetch`. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { fetch } from "../../components/runtime/fetch";
import { loopback } from "../loopback";

async function serve(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, loopback);
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = loopback.includes(":") ? `[${loopback}]` : loopback;
  return `http://${host}:${(server.address() as AddressInfo).port}/`;
}

test("sends method, headers and body; reads status, headers and body", async (t) => {
  const url = await serve(t, async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const { method, headers } = request;
    response.writeHead(201, { "X-Couch": "yes" });
    response.end(
      JSON.stringify({ method, body, length: headers["content-length"], encoding: headers["accept-encoding"] }),
    );
  });
  const headers = { "Accept-Encoding": "gzip", accept: "application/json" };
  const response = await fetch(url, { method: "post", headers, body: "ünï" });
  assert.equal(response.status, 201);
  assert.equal(response.statusText, "Created");
  assert.equal(response.headers.get("x-couch"), "yes");
  assert.deepEqual(await response.json(), { method: "POST", body: "ünï", length: "5" });
  assert.equal((await response.arrayBuffer()).toString(), await response.text());
});

test("a redirect is an error, and so is a server that is gone", async (t) => {
  const url = await serve(t, ({ url }, response) =>
    url === "/gone" ? response.destroy() : response.writeHead(302, { location: "/" }).end(),
  );
  await assert.rejects(fetch(url, { method: "GET", headers: {} }), /unexpected redirect/);
  await assert.rejects(fetch(`${url}gone`, { method: "GET", headers: {} }), { code: "ECONNRESET" });
});

test("the signal's reason is the error", async (t) => {
  const url = await serve(t, () => {});
  const signal = AbortSignal.timeout(50);
  await assert.rejects(fetch(url, { method: "GET", headers: {}, signal }), { name: "TimeoutError" });
});
