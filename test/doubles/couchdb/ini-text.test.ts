import assert from "node:assert/strict";
import { test } from "node:test";
import { parseIni, withIniValue } from "./ini-text";

const read = (text: string) => parseIni(text).map(({ section, key, value }) => [section, key, value]);

test("sections, keys and values are trimmed, and comments left out", () => {
  const text = "stray = 1\n[s]\r\nk=v\n ; k2 = v\n  k3  =  a=b \t; comment\nk4 = v;x\n[t]\njunk\n= v\nk = [{a, b}]\n";
  assert.deepEqual(read(text), [
    ["s", "k", "v"],
    ["s", "k3", "a=b"],
    ["s", "k4", "v;x"],
    ["t", "k", "[{a, b}]"],
  ]);
});

test("a key without a value takes the value back", () => {
  assert.deepEqual(read("[s]\na =\nb = ; nothing"), [
    ["s", "a", undefined],
    ["s", "b", undefined],
  ]);
});

test("a key may hold the sign of equality", () => {
  assert.deepEqual(read("[s]\nk== = v\nk ==v"), [
    ["s", "k==", "v"],
    ["s", "k", "=v"],
  ]);
});

test("a changed value takes the place of the old one, and everything else stays", () => {
  const text = "; mine\n[a]\nkey = 1\nkeys = 2\n\n[b]\nkey = 3\n";
  assert.equal(withIniValue(text, "b", "key", "4"), text.replace("3", "4"));
  assert.equal(withIniValue(text, "a", "new", "x"), text.replace("keys = 2\n", "keys = 2\nnew = x\n"));
  assert.equal(withIniValue(text, "c", "k", "v"), `${text}\n[c]\nk = v\n`);
  assert.equal(withIniValue("", "c", "k", "v"), "[c]\nk = v\n");
});
