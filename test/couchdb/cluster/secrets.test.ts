import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import type { Ini } from "../../../components/couchdb/cluster/ini";
import { secretsDigest } from "../../../components/couchdb/cluster/secrets";
import type { CouchDbCredentialsArgs } from "../../../components/couchdb/credentials/args";
import { known } from "../../mocks";

const digest = (credentials: CouchDbCredentialsArgs, secretConfig: Ini = {}) =>
  known(secretsDigest("orders", credentials, pulumi.output(secretConfig)));

describe("the digest of secrets for which nodes restart", () => {
  const cases: [string, CouchDbCredentialsArgs, Ini, boolean][] = [
    ["nothing", {}, {}, false],
    ["a new password", { keepers: { adminPassword: "2" } }, {}, false],
    ["another administrator", { adminUser: "root", adminPassword: "given" }, {}, false],
    ["a new Erlang cookie", { keepers: { erlangCookie: "2" } }, {}, true],
    ["a new cookie secret", { keepers: { cookieSecret: "2" } }, {}, true],
    ["a given Erlang cookie", { erlangCookie: "given" }, {}, true],
    ["secret configuration", {}, { smtp: { password: "x" } }, true],
  ];
  for (const [what, credentials, secretConfig, changes] of cases)
    test(`${what}: ${changes ? "another" : "the same"}`, async () => {
      assert.equal((await digest(credentials, secretConfig)) !== (await digest({})), changes);
    });

  test("is not a secret", async () => {
    const output = secretsDigest("orders", { erlangCookie: pulumi.secret("given") }, pulumi.output<Ini>({}));
    assert.equal(await pulumi.isSecret(output), false);
  });
});
