import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { normalUrl } from "../../../components/clients/couchdb/connection";
import { urlProblem } from "../../../components/validation/validators";

describe("spellings of one URL compare equal", () => {
  const cases = [
    ["http://a:5984", "http://a:5984"],
    ["http://a:5984/", "http://a:5984"],
    ["HTTP://A:5984", "http://a:5984"],
    ["http://a:80", "http://a"],
    ["https://a/couch/", "https://a/couch"],
  ] as const;
  for (const [given, normal] of cases) test(given, () => assert.equal(normalUrl(given), normal));
});

describe("URLs that are fine", () => {
  for (const url of ["http://a:5984", "https://a/couch", "http://[::1]:5984"])
    test(url, () => assert.equal(urlProblem(url), undefined));
});
