import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { credentialsHandler } from "../../../components/couchdb/credentials/handler";
import type { CredentialsInputs, CredentialsOutputs } from "../../../components/couchdb/credentials/inputs";
import { validateCredentials } from "../../../components/couchdb/credentials/validate";
import { unknown } from "../../../components/dynamic/unknown";

const quick = { iterations: 10 };

async function made(inputs: CredentialsInputs = {}): Promise<CredentialsOutputs> {
  return (await credentialsHandler.create({ ...quick, ...inputs })).outs;
}

async function updated(olds: CredentialsOutputs, inputs: CredentialsInputs): Promise<CredentialsOutputs> {
  return (await credentialsHandler.update!("id", olds, { ...quick, ...inputs })).outs;
}

/** The outputs whose value is another one now. */
function changed(olds: CredentialsOutputs, news: CredentialsOutputs): string[] {
  const keys = ["adminUser", "adminPassword", "adminPasswordHash", "cookieSecret", "erlangCookie", "uuid"] as const;
  return keys.filter((key) => olds[key] !== news[key]);
}

test("what is not given is made, in the form that CouchDB wants", async () => {
  const outs = await made();
  assert.equal(outs.adminUser, "admin");
  assert.match(outs.adminPassword, /^[A-Za-z0-9]{32}$/);
  assert.match(outs.adminPasswordHash, /^-pbkdf2:sha256-[0-9a-f]{64},[0-9a-f]{32},10$/);
  assert.match(outs.cookieSecret, /^[0-9a-f]{64}$/);
  assert.match(outs.erlangCookie, /^[0-9a-f]{64}$/);
  assert.match(outs.uuid, /^[0-9a-f]{32}$/);
});

test("the id reveals nothing of the values", async () => {
  const { id, outs } = await credentialsHandler.create(quick);
  assert.ok(!Object.values(outs).includes(id));
});

const given = {
  adminUser: "root",
  adminPassword: "a b!",
  erlangCookie: "chips",
  cookieSecret: "s".repeat(16),
  uuid: "0".repeat(32),
};

test("what is given is taken", async () => {
  const outs = await made(given);
  assert.deepEqual({ ...outs, ...given }, outs);
});

describe("an update changes only what it was asked to", () => {
  const cases: { title: string; before?: CredentialsInputs; after: CredentialsInputs; changes: string[] }[] = [
    { title: "nothing new", after: {}, changes: [] },
    { title: "given values again", before: given, after: given, changes: [] },
    { title: "values that are given no more stay", before: given, after: { adminUser: "root" }, changes: [] },
    { title: "another user name", after: { adminUser: "root" }, changes: ["adminUser"] },
    { title: "another password", after: { adminPassword: "new" }, changes: ["adminPassword", "adminPasswordHash"] },
    {
      title: "the password's keeper",
      after: { keepers: { adminPassword: "2" } },
      changes: ["adminPassword", "adminPasswordHash"],
    },
    {
      title: "the password's keeper, with the password given",
      before: { adminPassword: "mine" },
      after: { adminPassword: "mine", keepers: { adminPassword: "2" } },
      changes: ["adminPasswordHash"],
    },
    { title: "the cookie secret's keeper", after: { keepers: { cookieSecret: "2" } }, changes: ["cookieSecret"] },
    { title: "the Erlang cookie's keeper", after: { keepers: { erlangCookie: "2" } }, changes: ["erlangCookie"] },
    { title: "more rounds", after: { iterations: 11 }, changes: ["adminPasswordHash"] },
    { title: "an imported uuid", after: { uuid: "1".repeat(32) }, changes: ["uuid"] },
  ];
  for (const { title, before = {}, after, changes } of cases)
    test(title, async () => {
      const olds = await made(before);
      const inputs = { ...quick, ...after };
      assert.equal(credentialsHandler.diff!(olds, inputs).changes, changes.length > 0);
      assert.deepEqual(changed(olds, await updated(olds, after)), changes);
    });
});

test("a keeper that changed while its value was given makes no new value later", async () => {
  const given = { ...quick, erlangCookie: "mine" };
  const olds = (await credentialsHandler.create(given)).outs;
  const rotated = { ...given, keepers: { erlangCookie: "2" } };
  assert.ok(credentialsHandler.diff!(olds, rotated).changes);
  const { outs } = await credentialsHandler.update!("id", olds, rotated);
  assert.deepEqual(changed(olds, outs), []);
  const later = { ...quick, keepers: { erlangCookie: "2" } };
  assert.ok(!credentialsHandler.diff!(outs, later).changes);
});

test("a keeper not known yet is a change", async () => {
  const olds = (await credentialsHandler.create(quick)).outs;
  for (const keepers of [unknown, { cookieSecret: unknown }])
    assert.ok(credentialsHandler.diff!(olds, { ...quick, keepers } as CredentialsInputs).changes);
});

describe("invalid arguments are reported at preview", () => {
  const cases: [keyof CredentialsInputs, unknown, RegExp][] = [
    ["adminUser", "a:b", /white space/],
    ["adminUser", "", /empty/],
    ["adminPassword", "two\nlines", /control character/],
    ["adminPassword", " x", /white space/],
    ["adminPassword", "-pbkdf2-1,2,3", /looks like a hash/],
    ["erlangCookie", "a b", /1 to 255/],
    ["cookieSecret", "short", /at least 16/],
    ["cookieSecret", "geheimnißgeheimniß", /16 ASCII characters/],
    ["cookieSecret", `;${"s".repeat(16)}`, /the first of them not a semicolon/],
    ["uuid", "7b2f…", /32 digits/],
    ["hashFunction", "md5", /must be one of sha256, sha1/],
    ["iterations", 0, /whole number from 1/],
  ];
  for (const [property, value, reason] of cases)
    test(`${property}: ${JSON.stringify(value)}`, () => {
      const failures = validateCredentials({ [property]: value } as CredentialsInputs);
      assert.deepEqual(
        failures.map((failure) => failure.property),
        [property],
      );
      assert.match(failures[0]!.reason, reason);
    });

  test("a keeper of something that is not kept", () => {
    const misspelt = { keepers: { pasword: "2" } } as CredentialsInputs;
    assert.deepEqual(validateCredentials(misspelt), [
      {
        property: "keepers.pasword",
        reason: "there is no such field; give adminPassword or cookieSecret or erlangCookie",
      },
    ]);
    assert.deepEqual(validateCredentials({ keepers: { adminPassword: "2", cookieSecret: unknown } }), []);
  });

  test("values not known yet are no failure", () => {
    const inputs = { adminUser: unknown, adminPassword: unknown, uuid: unknown, iterations: unknown, keepers: unknown };
    assert.deepEqual(validateCredentials(inputs as unknown as CredentialsInputs), []);
  });
});
