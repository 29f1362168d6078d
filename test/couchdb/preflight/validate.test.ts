import assert from "node:assert/strict";
import { test } from "node:test";
import type { PreflightInputs } from "../../../components/couchdb/preflight/inputs";
import { validatePreflight } from "../../../components/couchdb/preflight/validate";
import { unknown } from "../../../components/dynamic/unknown";

const good = {
  statefulSet: "orders",
  namespace: "shop",
  headlessService: "orders-nodes",
  clusterDomain: "cluster.local",
  replicas: 1,
  nodeNames: ["couchdb@orders-0.orders-nodes.shop.svc.cluster.local"],
  connection: {
    urls: ["http://orders-0.orders-nodes.shop.svc.cluster.local:5984"],
    adminUser: "admin",
    adminPassword: "secret",
    kubernetes: {},
  },
};

const cases: [title: string, news: object, olds: object, failing: string[]][] = [
  ["a new cluster", {}, {}, []],
  ["nothing changed", {}, good, []],
  ["another StatefulSet", { statefulSet: "o" }, good, ["statefulSet"]],
  ["another namespace", { namespace: "default" }, good, ["namespace"]],
  ["another Service", { headlessService: "s" }, good, ["headlessService"]],
  ["another domain", { clusterDomain: "corp.example" }, good, ["clusterDomain"]],
  ["several at once", { namespace: "a", clusterDomain: "b" }, good, ["namespace", "clusterDomain"]],
  ["not known yet", { namespace: unknown, replicas: unknown, nodeNames: unknown }, good, []],
  ["not known before", {}, { ...good, namespace: unknown }, []],
  ["no node", { replicas: 0, nodeNames: [] }, good, ["replicas"]],
  ["half a node", { replicas: 1.5 }, {}, ["replicas"]],
  ["a text for a number", { replicas: "3" }, {}, ["replicas"]],
  ["more nodes than names", { replicas: 2 }, {}, ["nodeNames"]],
  ["no connection", { connection: undefined }, {}, ["connection"]],
  ["no time", { timeoutSeconds: 0 }, {}, ["timeoutSeconds"]],
];
for (const [title, news, olds, failing] of cases)
  test(title, () => {
    const failures = validatePreflight({ ...good, ...news } as PreflightInputs, olds);
    assert.deepEqual(
      failures.map(({ property }) => property),
      failing,
    );
  });

test("says what was, why it can't be, and what to do", () => {
  const [failure] = validatePreflight({ ...good, namespace: "prod" } as PreflightInputs, good as PreflightInputs);
  assert.match(failure!.reason, /it was shop and can't become prod: .*nodes are named by it.*Keep shop; or/s);
});
