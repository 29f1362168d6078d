import assert from "node:assert/strict";
import { test } from "node:test";
import { hostOf, identityOf, ordinalOf } from "../../../components/couchdb/sidecar/program/identity";

const hosts = (name: string) => `127.0.0.1\tlocalhost\n10.88.0.7\t${name}\t${name.split(".")[0]}\n`;
const resolver =
  "nameserver 10.96.0.10\nsearch data.svc.k8s.example data.svc svc.k8s.example k8s.example\noptions ndots:5\n";

const table: [name: string, statefulSet: string, ordinal: number, domain: string][] = [
  ["couch-0.nodes.data.svc.cluster.local", "couch", 0, "cluster.local"],
  ["my-couch-12.nodes.data.svc.k8s.example", "my-couch", 12, "k8s.example"],
  ["couch-2-db-3.nodes.data.svc.a.b.c.d", "couch-2-db", 3, "a.b.c.d"],
  ["couch-0.nodes.data.svc", "couch", 0, "k8s.example"],
];

for (const [name, statefulSet, ordinal, domain] of table)
  test(`${name} tells who it is`, () => {
    const identity = identityOf({ hostname: name.split(".")[0]!, hosts: hosts(name), resolver });
    assert.deepEqual(identity, { statefulSet, ordinal, service: "nodes", namespace: "data", domain });
  });

test("a full hostname is enough, and CLUSTER_DOMAIN goes first", () => {
  const hostname = "couch-1.nodes.data.svc.cluster.local";
  assert.equal(identityOf({ hostname, hosts: "", resolver }).domain, "cluster.local");
  assert.equal(identityOf({ hostname, hosts: "", resolver, domain: "other" }).domain, "other");
});

for (const hostname of [
  "couch-0",
  "couch",
  "couch.nodes.data.svc.cluster.local",
  "couch-0.nodes.data.pod.cluster.local",
])
  test(`${hostname} is not a pod of a StatefulSet`, () => {
    assert.throws(
      () => identityOf({ hostname, hosts: "", resolver: "" }),
      /POD-ORDINAL\.SERVICE\.NAMESPACE\.svc\.DOMAIN/,
    );
  });

test("knows its StatefulSet's nodes by their names", () => {
  const identity = {
    statefulSet: "my-couch",
    ordinal: 0,
    service: "nodes",
    namespace: "data",
    domain: "cluster.local",
  };
  assert.equal(hostOf(identity, 4), "my-couch-4.nodes.data.svc.cluster.local");
  assert.equal(ordinalOf(identity, "couchdb@my-couch-4.nodes.data.svc.cluster.local"), 4);
  for (const other of ["couch-4.nodes.data.svc", "my-couch-4.nodes.else.svc", "my-couch-x.nodes.data.svc", "10.0.0.1"])
    assert.equal(ordinalOf(identity, `couchdb@${other}`), undefined);
});
