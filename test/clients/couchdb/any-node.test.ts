import assert from "node:assert/strict";
import { test } from "node:test";
import { anyNode } from "../../../components/clients/couchdb/any-node";
import { CouchDbClient } from "../../../components/clients/couchdb/client";
import { freshNodes } from "../../nodes";

test("a node that takes no requests is passed over; if there is no other, the reason is reported", async (t) => {
  const { nodes, stop } = await freshNodes(2);
  t.after(stop);
  const { adminUser, adminPassword } = nodes[0]!;
  const connection = { urls: nodes.map(({ url }) => url), adminUser, adminPassword };
  const rest = (url: string) =>
    new CouchDbClient(url, connection).request({
      method: "PUT",
      path: "_node/_local/_config/couchdb/maintenance_mode",
      body: "true",
    });
  await rest(connection.urls[0]!);
  assert.equal((await anyNode(connection)).url, connection.urls[1]);
  await rest(connection.urls[1]!);
  await assert.rejects(anyNode(connection), /GET \/_up: answered 404: it takes no requests; end its maintenance/);
});

test("a wrong password is tried once for all that use it at the same time, so that no user gets locked", async (t) => {
  const { nodes, stop } = await freshNodes(1);
  t.after(stop);
  const { url, adminUser, adminPassword } = nodes[0]!;
  const wrong = Array.from({ length: 10 }, () => anyNode({ urls: [url], adminUser, adminPassword: "hunter2" }));
  for (const { status } of await Promise.allSettled(wrong)) assert.equal(status, "rejected");
  assert.equal((await anyNode({ urls: [url], adminUser, adminPassword })).url, url);
});
