import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { V1Container } from "../../../components/clients/kubernetes/client-library";
import { noReferences, type References, referencesOf } from "../../../components/couchdb/sidecar/references";

const secret = (name: string) => ({ valueFrom: { secretKeyRef: { name, key: "value" } } });

const cases: [title: string, container: Partial<V1Container>, references: Partial<References>][] = [
  ["an environment of texts", { env: [{ name: "COUCHDB_USER", value: "admin" }] }, {}],
  ["a password from a Secret", { env: [{ name: "COUCHDB_PASSWORD", ...secret("admin") }] }, { secrets: ["admin"] }],
  ["what is not looked up", { env: [{ name: "COUCHDB_ERLANG_COOKIE", ...secret("cookie") }] }, {}],
  [
    "a value made of another variable",
    {
      env: [
        { name: "PART", ...secret("part") },
        { name: "OTHER", ...secret("other") },
        { name: "COUCHDB_ADMIN_PASS", value: "pre-$(PART)" },
      ],
    },
    { secrets: ["part"] },
  ],
  [
    "everything of whole objects, as any may have it",
    {
      envFrom: [
        { secretRef: { name: "admin" } },
        { prefix: "COUCHDB_", configMapRef: { name: "settings" } },
        { prefix: "S3_", secretRef: { name: "other" } },
      ],
    },
    { secrets: ["admin"], configMaps: ["settings"] },
  ],
];

describe("what the program has to read", () => {
  for (const [title, container, references] of cases)
    test(title, () => {
      const others = { name: "helper", env: [{ name: "COUCHDB_PASSWORD", ...secret("not-its-own") }] };
      const containers = [others, { name: "couchdb", ...container }];
      assert.deepEqual(referencesOf("orders", containers), { ...noReferences, ...references });
    });

  for (const containers of [undefined, {}, [], [{ name: "couchdb", env: null }]])
    test(`nothing of ${JSON.stringify(containers)}`, () => {
      assert.deepEqual(referencesOf("orders", containers), noReferences);
    });
});
