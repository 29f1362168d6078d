import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DatabaseInputs } from "../../../components/couchdb/database/inputs";
import { nameProblem, validateDatabase } from "../../../components/couchdb/database/validate";
import { unknown } from "../../../components/dynamic/unknown";

describe("names that CouchDB accepts", () => {
  for (const name of ["a", "orders", "a/b", "a_$()+-/9", "_users", "_replicator", "a".repeat(238)])
    test(name.slice(0, 20), () => assert.equal(nameProblem(name), undefined));
});

describe("names that it rejects", () => {
  for (const name of ["Upper", "_x", "1abc", "a.b", "a b", "-a", "ż", "a".repeat(239)])
    test(name.slice(0, 20), () => assert.ok(nameProblem(name)));
});

const urls = (...indices: number[]) => indices.map((index) => `connection.urls[${index}]`);

const good = { name: "db", connection: { urls: ["http://a:5984"], adminUser: "admin", adminPassword: "secret" } };

describe("arguments", () => {
  const cases: [title: string, differences: object, failing: string[]][] = [
    ["good ones", { q: 8, n: 2, partitioned: true, security: { members: { roles: ["a"] } } }, []],
    ["not known yet", { name: unknown, connection: unknown, q: unknown, security: unknown }, []],
    ["partly known", { connection: { ...good.connection, adminPassword: unknown } }, []],
    ["no name", { name: undefined }, ["name"]],
    ["no shards", { q: 0 }, ["q"]],
    ["half a copy", { n: 1.5 }, ["n"]],
    ["no connection", { connection: undefined }, ["connection"]],
    ["no password", { connection: { ...good.connection, adminPassword: "" } }, ["connection"]],
    ["a user that HTTP would cut", { connection: { ...good.connection, adminUser: "a:b" } }, ["connection.adminUser"]],
    ["a misspelt field", { connection: { ...good.connection, tsl: {} } }, ["connection.tsl"]],
    ["no pod", { connection: { ...good.connection, kubernetes: {} } }, urls(0)],
    [
      "a path for access",
      { connection: { ...good.connection, urls: [unknown], kubernetes: "~" } },
      ["connection.kubernetes"],
    ],
    ["no nodes", { connection: { ...good.connection, urls: [] } }, ["connection"]],
    ["no URL", { connection: { ...good.connection, urls: ["a:5984", unknown, "http://u:pw@a"] } }, urls(0, 2)],
    ["half a certificate", { connection: { ...good.connection, tls: { cert: "PEM" } } }, ["connection.tls.key"]],
    ["a text for false", { forceDestroy: "false", partitioned: "no" }, ["partitioned", "forceDestroy"]],
    ["a name for members", { security: { members: "bob" } }, ["security.members"]],
    ["a misspelt section", { security: { member: { names: ["bob"] } } }, ["security.member"]],
    ["a misspelt list", { security: { members: { name: ["bob"] } } }, ["security.members.name"]],
    ["security that is not valid", { security: ["bob"] }, ["security"]],
    ["security partly known", { security: { admins: unknown, members: { names: [unknown], roles: unknown } } }, []],
    ["a name for a list", { security: { admins: { names: "bob" } } }, ["security.admins.names"]],
  ];
  for (const [title, differences, failing] of cases)
    test(title, () => {
      const failures = validateDatabase({ ...good, ...differences } as unknown as DatabaseInputs);
      assert.deepEqual(
        failures.map(({ property }) => property),
        failing,
      );
    });
});
