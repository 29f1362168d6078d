import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { MembershipInputs } from "../../../components/couchdb/membership/inputs";
import { validateMembership } from "../../../components/couchdb/membership/validate";
import { unknown } from "../../../components/dynamic/unknown";

const good = { nodes: [{ url: "http://a:5984" }, { url: "https://b" }], adminUser: "admin", adminPassword: "secret" };

const pods = { nodes: [{ url: "http://orders-0.orders.shop.svc.cluster.local:5984" }] };
const rollout = { statefulSet: "orders", namespace: "shop", generation: 2 };

const check = (differences: object) => validateMembership({ ...good, ...differences } as unknown as MembershipInputs);

describe("good arguments pass", () => {
  const cases: Record<string, object> = {
    "two nodes": {},
    "node names": { nodes: [{ url: "http://a:5984", name: "couchdb@a" }] },
    "everything else": { timeoutSeconds: 60, bindAddress: "10.0.0.1", globalChanges: true, tls: { ca: "PEM" } },
    "pods, reached by the ambient kubeconfig": { ...pods, kubernetes: {} },
    "pods that are rolled": { ...pods, kubernetes: { context: "prod" }, rollout, waitOnly: true },
    "a rollout of one StatefulSet": { ...pods, kubernetes: {}, rollout: { ...rollout, uid: "0-1" } },
    "a rollout of one not known yet": { ...pods, kubernetes: {}, rollout: { ...rollout, uid: unknown } },
    "a rollout not known yet": { ...pods, kubernetes: unknown, rollout: { ...rollout, generation: unknown } },
    "a hashed password": { adminPasswordHash: `-pbkdf2:sha256-${"0".repeat(64)},salt,600000` },
    "one hashed as before 3.4": { adminPasswordHash: `-pbkdf2-${"0".repeat(40)},salt,10` },
    "TLS settings not known yet": { tls: { ca: unknown, cert: unknown, key: unknown }, globalChanges: unknown },
    "nodes not known yet": { nodes: unknown },
    "a node not known yet": { nodes: [unknown, { url: "http://a:5984" }] },
    "URLs not known yet": { nodes: [{ url: unknown }, { url: unknown }] },
    "credentials not known yet": { adminUser: unknown, adminPassword: unknown },
  };
  for (const [title, differences] of Object.entries(cases)) test(title, () => assert.deepEqual(check(differences), []));
});

describe("invalid arguments are reported at preview", () => {
  const cases: [title: string, differences: object, property: string, reason: RegExp][] = [
    ["no nodes", { nodes: [] }, "nodes", /give at least one/],
    ["nodes missing", { nodes: undefined }, "nodes", /give at least one/],
    ["no URL", { nodes: [{ name: "couchdb@a" }] }, "nodes[0].url", /missing/],
    ["junk", { nodes: [{ url: "http//a:5984" }] }, "nodes[0].url", /not a valid URL; give it as http:\/\/HOST:PORT/],
    ["no scheme", { nodes: [{ url: "a:5984" }] }, "nodes[0].url", /a: is not HTTP/],
    ["credentials in it", { nodes: [{ url: "http://u:pw@a:5984" }] }, "nodes[0].url", /leave them out/],
    ["a query", { nodes: [{ url: "http://a:5984/?x=1" }] }, "nodes[0].url", /query/],
    [
      "a misspelt field",
      { nodes: [{ url: "http://a:5984", nmae: "a" }] },
      "nodes[0].nmae",
      /no such field; give url or/,
    ],
    ["a text for a node", { nodes: ["http://a:5984"] }, "nodes[0]", /give an object with url and name/],
    ["a wrong name", { nodes: [{ url: "http://a:5984", name: "a" }] }, "nodes[0].name", /couchdb@HOST/],
    [
      "a URL twice",
      { nodes: [{ url: "http://a:5984" }, { url: "http://A:5984/" }] },
      "nodes[1].url",
      /nodes\[0\] has the same url/,
    ],
    [
      "a name twice",
      {
        nodes: [
          { url: "http://a", name: "couchdb@a" },
          { url: "http://b", name: "couchdb@a" },
        ],
      },
      "nodes[1].name",
      /nodes\[0\] has the same name/,
    ],
    [
      "a node that is not a pod",
      { nodes: [{ url: "http://a:5984" }], kubernetes: {} },
      "nodes[0].url",
      /http:\/\/POD\.SERVICE\.NAMESPACE\.svc\.DOMAIN:PORT/,
    ],
    [
      "a kubeconfig that is not a text",
      { ...pods, kubernetes: { kubeconfig: {} } },
      "kubernetes.kubeconfig",
      /give a text/,
    ],
    ["a path for the cluster", { ...pods, kubernetes: "~/.kube/config" }, "kubernetes", /give an object/],
    [
      "a misspelt kubeconfig",
      { ...pods, kubernetes: { kubeConfig: "x" } },
      "kubernetes.kubeConfig",
      /no such field; give/,
    ],
    ["a misspelt authority", { tls: { caCert: "PEM" } }, "tls.caCert", /no such field; give ca or cert or key/],
    ["a rollout of what can't be seen", { rollout }, "rollout", /wait for pods only with `kubernetes`/],
    [
      "a rollout of nothing",
      { ...pods, kubernetes: {}, rollout: { ...rollout, statefulSet: "" } },
      "rollout.statefulSet",
      /missing/,
    ],
    [
      "a password for its hash",
      { adminPasswordHash: "hunter2" },
      "adminPasswordHash",
      /not a password as CouchDB keeps it/,
    ],
    [
      "waiting for a database that nobody makes",
      { waitOnly: true, globalChanges: true },
      "globalChanges",
      /another program joins the nodes.*leave waitOnly out/,
    ],
    [
      "waiting, and an address to listen on",
      { waitOnly: true, bindAddress: "10.0.0.1" },
      "bindAddress",
      /another program joins the nodes.*leave waitOnly out/,
    ],
    ["a private key without its certificate", { tls: { key: "PEM" } }, "tls.cert", /needs its certificate/],
    ["a text for waiting", { waitOnly: "yes" }, "waitOnly", /true or false/],
    ["a certificate without its key", { tls: { cert: "PEM" } }, "tls.key", /needs its private key/],
    ["a text for TLS settings", { tls: "PEM" }, "tls", /an object with ca, cert and key/],
    ["an authority that is not a text", { tls: { ca: 5 } }, "tls.ca", /give a text/],
    ["a text for false", { globalChanges: "false" }, "globalChanges", /true or false/],
    ["no user", { adminUser: "" }, "adminUser", /empty/],
    ["a colon in the user", { adminUser: "a:b" }, "adminUser", /colon/],
    ["no password", { adminPassword: undefined }, "adminPassword", /missing/],
    ["a time that is not valid", { timeoutSeconds: 0 }, "timeoutSeconds", /from 1 to 86400/],
    ["a host name to listen on", { bindAddress: "couch-0" }, "bindAddress", /not a valid IP address/],
    ["localhost to listen on", { bindAddress: "127.0.0.1" }, "bindAddress", /localhost only/],
  ];
  for (const [title, differences, property, reason] of cases)
    test(title, () => {
      const failures = check(differences);
      assert.deepEqual(
        failures.map((failure) => failure.property),
        [property],
      );
      assert.match(failures[0]!.reason, reason);
    });

  test("no message repeats a password", () => {
    const failures = check({
      nodes: [{ url: "http://u:hunter2@a:5984" }, { url: "ftp://u:hunter2@b" }, { url: "http://u:hunter2@:" }],
    });
    assert.equal(failures.length, 3);
    failures.push(...check({ timeoutSeconds: "hunter2", tls: "hunter2", globalChanges: "hunter2" }));
    assert.equal(failures.length, 6);
    assert.doesNotMatch(JSON.stringify(failures), /hunter2/);
  });
});

describe("the sidecar takes over the joining", () => {
  const nodes = ["a", "b"].map((host) => ({ url: `http://${host}:5984` }));
  const three = [...nodes, { url: "http://c:5984" }];
  const problems = (news: object, olds: object) =>
    validateMembership({ ...good, ...news } as MembershipInputs, { ...good, ...olds } as MembershipInputs);

  test("not while nodes are added: theirs would wait for the first pod's, which comes last", () => {
    const [failure, ...others] = problems({ nodes: three, waitOnly: true }, { nodes, waitOnly: false });
    assert.deepEqual(others, []);
    assert.equal(failure!.property, "nodes");
    assert.match(failure!.reason, /one after the other, each in an `up`/);
  });

  test("by itself, with fewer nodes, or from the start", () => {
    assert.deepEqual(problems({ nodes, waitOnly: true }, { nodes, waitOnly: false }), []);
    assert.deepEqual(problems({ nodes, waitOnly: true }, { nodes: three, waitOnly: false }), []);
    assert.deepEqual(problems({ nodes: three, waitOnly: true }, { nodes, waitOnly: true }), []);
    assert.deepEqual(validateMembership({ ...good, nodes, waitOnly: true } as MembershipInputs), []);
  });
});
