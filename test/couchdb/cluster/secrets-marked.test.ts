import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import type { CouchDbClusterArgs } from "../../../components/couchdb/cluster/args";
import { withSecretsMarked } from "../../../components/couchdb/cluster/secrets-marked";
import { known } from "../../mocks";

const args: CouchDbClusterArgs = {
  replicas: 3,
  secretConfig: { smtp: { password: "hidden-1" } },
  kubernetes: { kubeconfig: "hidden-2", context: "shown" },
  credentials: {
    adminUser: "shown",
    adminPassword: "hidden-3",
    erlangCookie: pulumi.output("hidden-4"),
    cookieSecret: "hidden-5",
    keepers: { adminPassword: "shown" },
  },
};

/** The values that are marked, and those that are not. */
async function valuesOf(value: unknown, marked = false): Promise<[text: unknown, marked: boolean][]> {
  if (pulumi.Output.isInstance(value)) return valuesOf(await known(value), marked || (await pulumi.isSecret(value)));
  if (typeof value !== "object" || value === null) return [[value, marked]];
  return (await Promise.all(Object.values(value).map((part) => valuesOf(part, marked)))).flat();
}

describe("a cluster's own arguments in state", () => {
  test("what is secret is marked, and nothing else", async () => {
    for (const [text, marked] of await valuesOf(withSecretsMarked(args)))
      assert.equal(marked, String(text).startsWith("hidden"), String(text));
    assert.deepEqual(
      (await valuesOf(withSecretsMarked(args))).map(([text]) => text),
      (await valuesOf(args)).map(([text]) => text),
    );
  });

  test("what is left out stays left out", () => {
    const left: CouchDbClusterArgs = { kubernetes: {}, credentials: { adminPassword: undefined } };
    assert.deepEqual(withSecretsMarked(left), left);
    assert.deepEqual(withSecretsMarked({}), {});
  });
});
