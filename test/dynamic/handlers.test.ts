import assert from "node:assert/strict";
import { test } from "node:test";
import * as handlers from "../../components/handlers";

test("every handler of the table is loaded by its name", async () => {
  for (const name of handlers.handlerNames) {
    const { failures } = await handlers.check(name, {}, {});
    assert.ok(Array.isArray(failures), name);
  }
});

test("a name that is not in the table: state of another version", async () => {
  const message = /no handler couchDbDrain: another version wrote the state; install that one, or a newer one/;
  await assert.rejects(handlers.read("couchDbDrain", "id", {}), { message });
  await assert.rejects(handlers.read("toString", "id", {}), { message: /no handler toString/ });
});
