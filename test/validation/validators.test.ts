import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { imagePullPolicyProblem, keyProblem, labelValueProblem } from "../../components/validation/kubernetes";
import {
  booleanProblem,
  certificatesProblem,
  choiceProblem,
  integerProblem,
  logLevelProblem,
  portProblem,
  text,
  textProblem,
  textsProblem,
  urlProblem,
  type Validator,
} from "../../components/validation/validators";

const even = text((value) => (value.length % 2 === 0 ? undefined : "give an even number of characters"));

describe("validators", () => {
  const table: [title: string, problemOf: Validator, value: unknown, expected?: RegExp][] = [
    ["a text", textProblem, "a"],
    ["an empty text", textProblem, "", /^it is missing or empty; give a text$/],
    ["a number for a text", textProblem, 5, /give a text/],
    ["no text", textProblem, undefined, /missing/],
    ["a text of the right form", even, "ab"],
    ["a text of another form", even, "abc", /an even number/],
    ["what is not a text, before its form", even, 2, /give a text/],
    ["texts", textsProblem, ["a"]],
    ["no texts", textsProblem, []],
    ["a text for a list", textsProblem, "a", /give a list of texts/],
    ["a number among texts", textsProblem, ["a", 1], /give a list of texts/],
    ["the least", integerProblem(1, 3), 1],
    ["the most", integerProblem(1, 3), 3],
    ["too little", integerProblem(1, 3), 0, /^0 is not a whole number from 1 to 3$/],
    ["a fraction", integerProblem(1, 3), 1.5, /^1.5 is not a whole number/],
    ["a text for a number, which may be a secret", integerProblem(1, 3), "hunter2", /^it is not a whole number/],
    ["false", booleanProblem, false],
    ["no boolean", booleanProblem, undefined],
    ["a text for false", booleanProblem, "false", /give true or false, not as a text/],
    ["a choice", choiceProblem({ Left: "left", Right: "right" }), "left"],
    [
      "its name in the program",
      choiceProblem({ Left: "left" }),
      "Left",
      /^"Left" is not valid; it must be one of left$/,
    ],
    ["a number for a choice", choiceProblem({ Left: "left" }), 1, /^1 is not valid; it must be one of left$/],
    ["a log level", logLevelProblem, "debug"],
    ["a loud log", logLevelProblem, "loud", /^"loud" is not valid; it must be one of debug, info, warning, error$/],
    ["a port", portProblem, 8080],
    ["no port", portProblem, 0, /^0 is not a valid port; give 1 to 65535$/],
    ["a text for a port", portProblem, "8080", /^"8080" is not a valid port/],
    ["a URL", urlProblem, "https://a/couch"],
    ["a path", urlProblem, "/couch", /^this is not a valid URL; give it as http:\/\/HOST:PORT/],
    ["another protocol", urlProblem, "ftp://a", /^ftp: is not HTTP/],
    ["a password in a URL, without repeating it", urlProblem, "http://u:hunter2@a", /^(?!.*hunter2).*leave them out/],
    ["a query", urlProblem, "http://a/?x=1", /query or fragment/],
    ["a key", keyProblem, "example.org/app"],
    ["two slashes", keyProblem, "a/b/c", /"a\/b\/c" is not a valid key of a label or annotation/],
    ["a label value", labelValueProblem, "a.b"],
    ["white space in a label value", labelValueProblem, "a b", /"a b" is not a valid label value/],
    ["when to pull", imagePullPolicyProblem, "Never"],
    ["always, in small letters", imagePullPolicyProblem, "always", /must be one of Always, IfNotPresent, Never/],
    ["what is not a certificate, without repeating it", certificatesProblem, "hunter2", /^it is not a valid PEM cert/],
    ["a private key", certificatesProblem, "-----BEGIN PRIVATE KEY-----", /private key in it; give certificates alone/],
  ];
  for (const [title, problemOf, value, expected] of table)
    test(`${title}: ${expected ? "rejected" : "accepted"}`, () => {
      if (expected) assert.match(problemOf(value) ?? "", expected);
      else assert.equal(problemOf(value), undefined);
    });
});
