import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isTransientKubernetesError, kubernetesErrorText } from "../../../components/clients/kubernetes/api-error";

describe("errors of the client library", () => {
  const cases: [title: string, error: object, message: string, passing: boolean][] = [
    ["a refusal", { code: 403, body: '{"message":"no"}', message: "long" }, "no", false],
    ["a decoded one", { code: 422, body: { message: "no" }, message: "long" }, "no", false],
    ["no JSON", { code: 502, body: "<html>", message: "long" }, "it answered 502", true],
    ["no body", { code: 401, message: "long" }, "it answered 401", false],
    ["a conflict", { code: 409, body: '{"message":"again"}' }, "again", true],
    ["no answer", { code: "ECONNREFUSED", message: "connect ECONNREFUSED" }, "connect ECONNREFUSED", true],
    ["no answer in time", { name: "AbortError", message: "aborted" }, "the API server did not answer in time", true],
    ["a lost connection", { code: "ECONNRESET", message: "reset" }, "reset", true],
  ];
  for (const [title, error, message, passing] of cases)
    test(title, () => {
      assert.equal(kubernetesErrorText(error), message);
      assert.equal(isTransientKubernetesError(error), passing);
    });
});
