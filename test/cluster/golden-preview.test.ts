/**
 * What previews show of changes to a cluster: what a reviewer gets to see must not change by accident. The expected
 * lines lie in `golden/`; `PULUMI_COUCH_RENEW_GOLDEN=1` writes them again; read the diff before you commit it.
 */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { CouchDbClusterArgs } from "../../components/couchdb/cluster/args";
import { checkout } from "../../toolchain/places";
import { Orders } from "./orders";
import { previewLines } from "./preview-lines";

const folder = join(checkout, "test/cluster/golden");

function assertGolden(name: string, lines: string): void {
  const file = join(folder, `${name}.txt`);
  if (process.env.PULUMI_COUCH_RENEW_GOLDEN) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, lines);
  }
  assert.equal(lines, readFileSync(file, "utf8"), `see ${file}`);
}

const changes: Record<string, CouchDbClusterArgs> = {
  scale: { replicas: 3 },
  image: { image: "couchdb:3.5.0" },
  configuration: { config: { log: { level: "warning" } } },
  password: { credentials: { keepers: { adminPassword: "2" } } },
  storage: { storageSize: "200Mi" },
  sidecar: { join: "sidecar" },
  labels: { labels: { team: "shop" } },
};

test("previews show", async (t) => {
  const orders = await Orders.make(t, { replicas: 2 });
  if (!orders) return;
  const shown = async (args?: CouchDbClusterArgs) => {
    orders.stack.stack.workspace.program = orders.program(args);
    return previewLines(orders.stack.stack);
  };

  await t.test("a new cluster", async () => assertGolden("create", await shown()));
  await orders.up();
  await t.test("nothing where nothing changes", async () => assert.equal(await shown(), ""));
  for (const [name, args] of Object.entries(changes))
    await t.test(`a change of ${name}`, async () => assertGolden(name, await shown(args)));
  await orders.destroy();
});
