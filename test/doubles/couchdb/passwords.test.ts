import assert from "node:assert/strict";
import { test } from "node:test";
import { millisecondsOf } from "./client";
import { adminLine, isHashed, isLegacy, Pbkdf2Hasher, parseAdminLine } from "./passwords";

const hasher = new Pbkdf2Hasher(() => 10);

// Written by CouchDB 3.5.0.
const recorded = {
  pass: "-pbkdf2:sha256-9825d2f033e733134c0c8c16746ef2293d7615b32069b2dc3926a69bd428a4d2,445ba0887b7312a35f516ee1087d2a6e,600000",
  secret1:
    "-pbkdf2:sha256-eb637edc3c905853aeb7236a39938d7a1df26068992e2efae3ba15a20679e52e,ca5e984130cdf740a87388277466271c,600000",
};

for (const [password, line] of Object.entries(recorded)) {
  test(`a line that CouchDB wrote fits its password ${password}`, async () => {
    const hash = parseAdminLine(line)!;
    assert.equal(await hasher.verify("wrong", hash), false);
    assert.equal(await hasher.verify(password, hash), true);
    assert.equal(adminLine(hash), line);
  });
}

test("a checked password is known from then on", async () => {
  const hash = parseAdminLine(recorded.pass)!;
  const fresh = new Pbkdf2Hasher(() => 10);
  const first = await millisecondsOf(() => fresh.verify("pass", hash));
  const later: number[] = [];
  for (let check = 0; check < 5; check++)
    later.push(
      await millisecondsOf(async () => {
        assert.equal(await fresh.verify("pass", hash), true);
        assert.equal(await fresh.verify("wrong", hash), false);
      }),
    );
  assert.ok(Math.min(...later) < first / 10, `${later} after ${first} ms`);
});

test("the legacy line is SHA-1", async () => {
  // The test vector of RFC 6070.
  const hash = parseAdminLine("-pbkdf2-4b007901b765489abead49d926f721d065a429c1,salt,4096")!;
  assert.equal(await hasher.verify("password", hash), true);
  assert.equal(adminLine(hash), "-pbkdf2-4b007901b765489abead49d926f721d065a429c1,salt,4096");
});

test("a new hash has a salt of its own", async () => {
  const [one, two] = [await hasher.hash("pass"), await hasher.hash("pass")];
  assert.notEqual(one.derived_key, two.derived_key);
  assert.equal(await hasher.verify("pass", one), true);
  assert.equal(isHashed(adminLine(one)), true);
  assert.equal(isHashed("pass"), false);
});

test("nodes before 3.4 hash with SHA-1, and take the newer line for a password", async () => {
  const legacy = new Pbkdf2Hasher(() => 10, isLegacy("3.3.3"));
  const line = adminLine(await legacy.hash("pass"));
  assert.match(line, /^-pbkdf2-[0-9a-f]{40},/);
  assert.equal(await legacy.verify("pass", parseAdminLine(line)!), true);
  assert.deepEqual(
    [line, recorded.pass].map((each) => isHashed(each, true)),
    [true, false],
  );
  assert.equal(isLegacy("3.4.0"), false);
});
