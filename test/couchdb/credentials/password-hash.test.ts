import assert from "node:assert/strict";
import { test } from "node:test";
import { hashPassword, PasswordHashFunction } from "../../../components/couchdb/credentials/password-hash";

test("the hash is the one that a CouchDB 3.5 node made of the same password and salt", async () => {
  const made = await hashPassword("pass", PasswordHashFunction.Sha256, 600_000, "445ba0887b7312a35f516ee1087d2a6e");
  assert.equal(
    made,
    "-pbkdf2:sha256-9825d2f033e733134c0c8c16746ef2293d7615b32069b2dc3926a69bd428a4d2,445ba0887b7312a35f516ee1087d2a6e,600000",
  );
});

test("the older format, with SHA-1, is the one in CouchDB's documentation of [admins]", async () => {
  assert.match(await hashPassword("pass", PasswordHashFunction.Sha1, 10), /^-pbkdf2-[0-9a-f]{40},[0-9a-f]{32},10$/);
});

test("each hash has a salt of its own", async () => {
  const [one, other] = await Promise.all([hashPassword("pass", "sha256", 10), hashPassword("pass", "sha256", 10)]);
  assert.notEqual(one, other);
});
