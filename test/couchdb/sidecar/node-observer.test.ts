import assert from "node:assert/strict";
import { test } from "node:test";
import { CouchDbClient } from "../../../components/clients/couchdb/client";
import { hashPassword } from "../../../components/couchdb/credentials/password-hash";
import { NodeObserver } from "../../../components/couchdb/sidecar/program/node-observer";
import { freshDouble } from "../../nodes";

test("a refused password is tried again after a while, as it may have been set on the node meanwhile", async (t) => {
  const { nodes, double, stop } = await freshDouble([{ docker: true }]);
  t.after(stop);
  let seconds = 0;
  const observer = new NodeObserver(
    { adminUser: nodes[0]!.adminUser, adminPassword: "rotated" },
    [],
    () => seconds * 1000,
  );
  const { requests } = double!.nodes[0]!;
  const refusals = () => requests.filter(({ status }) => status === 401).length;
  const look = async () => (await observer.observe([{ ordinal: 0, url: nodes[0]!.url, pod: "a" }]))[0]!;

  for (; seconds < 300; seconds++) {
    const sight = await look();
    assert.ok(!sight.view && sight.refused);
  }
  assert.ok(refusals() <= 3, `${refusals()} refusals`);

  const { adminUser: user, adminPassword: password, url } = nodes[0]!;
  const hashed = await hashPassword("rotated", "sha256", 10); // else the node hashes it some time after it has answered
  const set = { method: "PUT" as const, path: `_node/_local/_config/admins/${user}`, body: hashed };
  await new CouchDbClient(url, { adminUser: user, adminPassword: password }).request(set);
  seconds = 451;
  const sight = await look();
  assert.equal(sight.view?.name, nodes[0]!.name, JSON.stringify(sight));
});
