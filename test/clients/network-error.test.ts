import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { networkErrorOf } from "../../components/clients/network-error";

describe("what became of a connection", () => {
  const cases: [words: string, kind: string, permanent: boolean][] = [
    ["connect ECONNREFUSED 127.0.0.1:5984", "refused", false],
    ["AggregateError", "refused", false],
    ["getaddrinfo ENOTFOUND nowhere.invalid", "unresolved", false],
    ["getaddrinfo EAI_AGAIN couch-0", "unresolved", false],
    ["TimeoutError: The operation was aborted due to timeout", "timeout", false],
    ["Connect Timeout Error", "timeout", false],
    ["other side closed", "closed", false],
    ["read ECONNRESET", "closed", false],
    ["socket hang up", "closed", false],
    ["self-signed certificate", "certificate", true],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "certificate", true],
    ["write EPROTO 00:error:wrong version number", "certificate", true],
    ["error:1E08010C:DECODER routines::unsupported", "certificate", true],
    ["unexpected redirect", "redirect", true],
    ["bad port", "badPort", true],
    ["the moon is full", "other", false],
  ];
  for (const [words, kind, permanent] of cases)
    test(`${words}: ${kind}`, () => assert.deepEqual(networkErrorOf(words), { kind, permanent }));
});
