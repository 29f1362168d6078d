import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../../eventually";
import { type CouchDbDouble, type CouchDbNode, startCouchDb } from "..";
import { ask } from "./joined-nodes";

describe("a replication document", () => {
  let double: CouchDbDouble;
  let source: CouchDbNode;
  let target: CouchDbNode;
  before(async () => {
    const ini = { replicator: { startup_jitter: "0", interval: "400" } };
    double = await startCouchDb(2, { docker: true, hashIterations: 10, ini });
    [source, target] = double.nodes as [CouchDbNode, CouchDbNode];
    for (const node of double.nodes) {
      for (const name of ["_users", "_replicator", "orders"]) await ask(node, "PUT", `/${name}`);
    }
  });
  after(() => double.stop());

  const stateOf = async (id: string) => (await ask(source, "GET", `/_scheduler/docs/_replicator/${id}`)).body.state;
  const replicate = (id: string, document: Record<string, string | boolean>) =>
    ask(source, "PUT", `/_replicator/${id}`, document);

  test("copies documents, revisions and deletions until it is deleted itself", async () => {
    const { body: made } = await replicate("there", {
      source: `${source.adminUrl}/orders`,
      target: `${target.adminUrl}/orders`,
      continuous: true,
    });
    const { body: written } = await ask(source, "PUT", "/orders/o1", { item: "book" });
    await eventually("o1 is there", async () => (await ask(target, "GET", "/orders/o1")).body._rev === written.rev);
    await ask(source, "DELETE", `/orders/o1?rev=${written.rev}`);
    await eventually("o1 is gone", async () => (await ask(target, "GET", "/orders/o1")).body.reason === "deleted");

    await ask(source, "DELETE", `/_replicator/there?rev=${made.rev}`);
    await eventually("the job is gone", async () => {
      return (await ask(source, "GET", "/_scheduler/jobs")).body.total_rows === 0;
    });
    await ask(source, "PUT", "/orders/o2", {});
    await sleep(300);
    assert.equal((await ask(target, "GET", "/orders/o2")).status, 404);
  });

  test("that is not continuous comes to an end, which is written into it", async () => {
    await replicate("once", {
      source: `${source.adminUrl}/orders`,
      target: `${target.adminUrl}/copy`,
      create_target: true,
    });
    await eventually("it is completed", async () => (await stateOf("once")) === "completed");
    assert.equal((await ask(target, "GET", "/copy")).body.doc_count, 1);
    assert.equal((await ask(source, "GET", "/_replicator/once")).body._replication_state, "completed");
  });

  test("with a target that is missing crashes, and recovers when it is there", async () => {
    await replicate("early", {
      source: `${source.adminUrl}/orders`,
      target: `${target.adminUrl}/late`,
      continuous: true,
    });
    await eventually("it has crashed", async () => (await stateOf("early")) === "crashing");
    const { body } = await ask(source, "GET", "/_scheduler/docs/_replicator/early");
    assert.deepEqual(body.info, { error: `db_not_found: could not open ${target.url}/late/` });
    await ask(target, "PUT", "/late");
    await eventually("it has copied o2", async () => (await ask(target, "GET", "/late/o2")).status === 200);
  });
});
