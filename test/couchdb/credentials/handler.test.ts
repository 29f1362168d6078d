import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkCredentials } from "../../../components/couchdb/credentials/check";
import { credentialsHandler } from "../../../components/couchdb/credentials/handler";
import type { CredentialsInputs, CredentialsOutputs } from "../../../components/couchdb/credentials/inputs";
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
  const keys = ["username", "password", "passwordHash", "cookieSecret", "erlangCookie", "uuid"] as const;
  return keys.filter((key) => olds[key] !== news[key]);
}

test("what is not given is made, in the form that CouchDB wants", async () => {
  const outs = await made();
  assert.equal(outs.username, "admin");
  assert.match(outs.password, /^[A-Za-z0-9]{32}$/);
  assert.match(outs.passwordHash, /^-pbkdf2:sha256-[0-9a-f]{64},[0-9a-f]{32},10$/);
  assert.match(outs.cookieSecret, /^[0-9a-f]{64}$/);
  assert.match(outs.erlangCookie, /^[0-9a-f]{64}$/);
  assert.match(outs.uuid, /^[0-9a-f]{32}$/);
});

test("the id tells nothing of the values", async () => {
  const { id, outs } = await credentialsHandler.create(quick);
  assert.ok(!Object.values(outs).includes(id));
});

const given = {
  username: "root",
  password: "a b!",
  erlangCookie: "chips",
  cookieSecret: "s".repeat(16),
  uuid: "0".repeat(32),
};

test("what is given is taken", async () => {
  const outs = await made(given);
  assert.deepEqual({ ...outs, ...given }, outs);
});

describe("an update changes nothing that it was not asked to", () => {
  const cases: { title: string; before?: CredentialsInputs; after: CredentialsInputs; changes: string[] }[] = [
    { title: "nothing new", after: {}, changes: [] },
    { title: "given values again", before: given, after: given, changes: [] },
    { title: "values that are given no more stay", before: given, after: { username: "root" }, changes: [] },
    { title: "another user name", after: { username: "root" }, changes: ["username"] },
    { title: "another password", after: { password: "new" }, changes: ["password", "passwordHash"] },
    { title: "the password's keeper", after: { keepers: { password: "2" } }, changes: ["password", "passwordHash"] },
    {
      title: "the password's keeper, with the password given",
      before: { password: "mine" },
      after: { password: "mine", keepers: { password: "2" } },
      changes: ["passwordHash"],
    },
    { title: "the cookie secret's keeper", after: { keepers: { cookieSecret: "2" } }, changes: ["cookieSecret"] },
    { title: "the Erlang cookie's keeper", after: { keepers: { erlangCookie: "2" } }, changes: ["erlangCookie"] },
    { title: "more rounds", after: { iterations: 11 }, changes: ["passwordHash"] },
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

describe("bad arguments are told at preview", () => {
  const cases: [keyof CredentialsInputs, unknown, RegExp][] = [
    ["username", "a:b", /white space/],
    ["username", "", /empty/],
    ["password", "two\nlines", /control character/],
    ["password", " x", /white space/],
    ["password", "-pbkdf2-1,2,3", /looks like a hash/],
    ["erlangCookie", "a b", /1 to 255/],
    ["cookieSecret", "short", /at least 16/],
    ["cookieSecret", "geheimnißgeheimniß", /16 ASCII characters/],
    ["cookieSecret", `;${"s".repeat(16)}`, /none of them a semicolon at the beginning/],
    ["uuid", "7b2f…", /32 digits/],
    ["hashFunction", "md5", /none of sha256, sha1/],
    ["iterations", 0, /whole number from 1/],
  ];
  for (const [property, value, reason] of cases)
    test(`${property}: ${JSON.stringify(value)}`, () => {
      const failures = checkCredentials({ [property]: value } as CredentialsInputs);
      assert.deepEqual(
        failures.map((failure) => failure.property),
        [property],
      );
      assert.match(failures[0]!.reason, reason);
    });

  test("a keeper of something that is not kept", () => {
    const misspelt = { keepers: { pasword: "2" } } as CredentialsInputs;
    assert.deepEqual(checkCredentials(misspelt), [
      { property: "keepers.pasword", reason: "there is no such field; give password or cookieSecret or erlangCookie" },
    ]);
    assert.deepEqual(checkCredentials({ keepers: { password: "2", cookieSecret: unknown } }), []);
  });

  test("values not known yet are no failure", () => {
    const inputs = { username: unknown, password: unknown, uuid: unknown, iterations: unknown, keepers: unknown };
    assert.deepEqual(checkCredentials(inputs as unknown as CredentialsInputs), []);
  });
});
