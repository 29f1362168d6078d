import assert from "node:assert/strict";
import { createServer as createHttpServer, type RequestListener, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { generate } from "selfsigned";
import { CouchDbClient } from "../../../components/clients/couchdb/client";
import type { Tls } from "../../../components/clients/couchdb/connection";
import { CouchDbError } from "../../../components/clients/couchdb/error";

const admin = { adminUser: "admin", adminPassword: "hunter2" };

async function listen(t: TestContext, server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A client of a server that gives this answer to everything. */
async function answered(t: TestContext, status: number, body: object | string): Promise<CouchDbClient> {
  const answer: RequestListener = (_, response) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
  return new CouchDbClient(`http://${await listen(t, createHttpServer(answer))}`, admin);
}

async function failure(client: CouchDbClient, timeout?: number): Promise<CouchDbError> {
  const error = await client.request({ path: "_membership", timeout }).then(
    () => assert.fail("the request succeeded"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof CouchDbError, String(error));
  assert.doesNotMatch(`${error.stack}${JSON.stringify(error)}`, /hunter2|aHVudGVyMg|YWRtaW46/);
  return error;
}

describe("a failed request is explained, never with the password", () => {
  const cases: [status: number, body: object | string, failure: string, passing: boolean, says: RegExp][] = [
    [
      401,
      { error: "unauthorized", reason: "no" },
      "unauthorized",
      false,
      /answered 401 unauthorized: no; the administrator's name or password is wrong/,
    ],
    [403, { error: "forbidden", reason: "Account is temporarily locked" }, "unauthorized", false, /wait five minutes/],
    [403, { error: "forbidden", reason: "not yours" }, "failed", false, /answered 403 forbidden: not yours$/],
    [404, { error: "not_found", reason: "missing" }, "failed", false, /GET \/_membership: answered 404/],
    [500, { error: "setup_error", reason: "later" }, "failed", true, /answered 500 setup_error: later$/],
    [502, "<html>", "failed", true, /answered 502, but not as CouchDB does; check the URL and any proxy/],
    [404, "<html>", "failed", false, /answered 404, but not as CouchDB does; check the URL/],
  ];
  for (const [status, body, kind, passing, says] of cases)
    test(`${status} ${JSON.stringify(body)}`, async (t) => {
      const error = await failure(await answered(t, status, body));
      assert.deepEqual([error.failure, error.status, CouchDbError.isTransient(error)], [kind, status, passing]);
      assert.match(error.message, says);
    });

  test("refused", async () => {
    const error = await failure(new CouchDbClient("http://127.0.0.1:2", admin));
    assert.match(error.message, /^http:\/\/127\.0\.0\.1:2: GET \/_membership: connection refused; check/);
    assert.ok(CouchDbError.isTransient(error));
  });
  test("a redirect", async (t) => {
    const server = createHttpServer((_, response) => void response.writeHead(301, { location: "https://a" }).end());
    const error = await failure(new CouchDbClient(`http://${await listen(t, server)}`, admin));
    assert.match(error.message, /it redirects to another URL/);
    assert.ok(!CouchDbError.isTransient(error));
  });
  test("an unknown host", async () => {
    assert.match((await failure(new CouchDbClient("http://nowhere.invalid", admin))).message, /does not resolve/);
  });
  test("no answer", async (t) => {
    const client = new CouchDbClient(
      `http://${await listen(
        t,
        createHttpServer(() => {}),
      )}`,
      admin,
    );
    assert.match((await failure(client, 100)).message, /no answer in time/);
  });
});

test("the credentials reach the node, whatever characters they have", async (t) => {
  let authorization = "";
  const server = createHttpServer((request, response) => {
    authorization = Buffer.from(request.headers.authorization!.slice(6), "base64").toString();
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  const client = new CouchDbClient(`http://${await listen(t, server)}`, {
    adminUser: "ädmin",
    adminPassword: "p:ß@/%",
  });
  await client.request({ path: "" });
  assert.equal(authorization, "ädmin:p:ß@/%");
});

test("paths stand behind that of the URL", async (t) => {
  const seen: string[] = [];
  const server = createHttpServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  const client = new CouchDbClient(`http://${await listen(t, server)}/couch/`, admin);
  await client.request({ path: "" });
  await client.request({ method: "PUT", path: "a%2Fb", query: { q: 2 }, body: {} });
  assert.deepEqual(seen, ["GET /couch/", "PUT /couch/a%2Fb?q=2"]);
});

test("requests one after the other share connections", async (t) => {
  const ports = new Set<number>();
  const server = createHttpServer((request, response) => {
    ports.add(request.socket.remotePort!);
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  const client = new CouchDbClient(`http://${await listen(t, server)}`, admin);
  for (let i = 0; i < 20; i++) await client.request({ path: "" });
  assert.ok(ports.size <= 2, `${ports.size} connections`);
});

describe("TLS", () => {
  const subject = [{ name: "commonName", value: "test" }];
  const certificate = () =>
    generate(subject, {
      extensions: [
        { name: "basicConstraints", cA: true },
        { name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
      ],
    });

  async function connect(t: TestContext, tls: (pems: { node: string; cert: string; key: string }) => Tls | undefined) {
    const [node, user] = await Promise.all([certificate(), certificate()]);
    const options = { key: node.private, cert: node.cert, ca: user.cert, requestCert: true, rejectUnauthorized: true };
    const server = createHttpsServer(options, (_, response) => {
      response.writeHead(200, { "content-type": "application/json" }).end('{"name":"couchdb@a"}');
    });
    const url = `https://${await listen(t, server)}`;
    return new CouchDbClient(url, { ...admin, tls: tls({ node: node.cert, cert: user.cert, key: user.private }) });
  }

  test("a node whose authority is given, and that wants a client certificate, is reached", async (t) => {
    const client = await connect(t, ({ node, cert, key }) => ({ ca: node, cert, key }));
    assert.deepEqual(await client.request({ path: "_node/_local" }), { name: "couchdb@a" });
  });
  test("a node whose authority is not known is reported at once", async (t) => {
    const error = await failure(await connect(t, () => undefined));
    assert.match(error.message, /the TLS connection failed .*check tls\.ca/);
    assert.ok(!CouchDbError.isTransient(error));
  });
  test("so is a key that is not valid", async (t) => {
    const error = await failure(await connect(t, ({ node, cert }) => ({ ca: node, cert, key: "hunter2" })));
    assert.match(error.message, /the TLS connection failed .*check tls\.ca, tls\.cert and tls\.key/);
    assert.ok(!CouchDbError.isTransient(error));
  });
  test("so is a missing client certificate", async (t) => {
    const error = await failure(await connect(t, ({ node }) => ({ ca: node })));
    assert.match(error.message, /closed without an answer.*client certificate \(tls\.cert\)/);
  });
  test("so is http to a node that wants https", async (t) => {
    const client = await connect(t, () => undefined);
    const error = await failure(new CouchDbClient(client.url.replace("https", "http"), admin));
    assert.match(error.message, /closed without an answer.*http against https/);
  });
});

test("a wrong password is not sent time and again because the node is slow to refuse it", async (t) => {
  let sent = 0;
  const server = createHttpServer((_, response) => {
    sent += 1;
    setTimeout(() => {
      response.writeHead(401, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: "unauthorized", reason: "no" }));
    }, 500);
  });
  const client = new CouchDbClient(`http://${await listen(t, server)}`, admin);
  const failures = [];
  for (let attempt = 0; attempt < 5; attempt++) failures.push((await failure(client, 50)).failure);
  assert.deepEqual(failures, ["unreachable", ...Array(4).fill("unauthorized")]);
  assert.ok(sent < 5, `${sent} requests, each of which counts as a wrong password`);
});
