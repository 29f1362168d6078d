import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { Presets, type RescheduleHookArgs } from "../../components";
import { settingsOf } from "../../components/reschedule/settings";
import { authorities } from "./declared";

for (const [key, valid] of [
  ["app", true],
  ["app.kubernetes.io/name", true],
  ["a_b-c.D", true],
  ["k".repeat(63), true],
  ["k".repeat(64), false],
  ["-app", false],
  ["app/", false],
  ["/app", false],
  ["Example.org/app", false],
  ["example..org/app", false],
] as const)
  test(`the label's key ${key} is ${valid ? "valid" : "rejected"}`, () => {
    const validate = () => settingsOf("hook", { selector: { key, value: "db" } });
    if (valid) validate();
    else assert.throws(validate, { message: /is not a valid key of a label or annotation/ });
  });

/** What a program that is not type-checked may give. */
const js = (value: unknown) => value as never;

describe("invalid arguments are rejected", () => {
  const cases: [title: string, args: RescheduleHookArgs, reason: RegExp][] = [
    ["an unknown way to reschedule", { reschedule: "delete" }, /"delete" is not valid; it must be one of/],
    ["an unknown tracking resource", { trackingResource: "pod" }, /must be one of couchbasecluster, namespace/],
    ["an unknown failure policy", { failurePolicy: "fail" }, /must be one of Fail, Ignore/],
    ["too long a timeout", { timeoutSeconds: 31 }, /from 2 to 30/],
    ["no pods", { replicas: 0 }, /1 or more/],
    ["no namespaces", { namespaces: [] }, /leave it out/],
    ["namespaces that are not a list", { namespaces: js(pulumi.output(["shop"])) }, /not the list, may be an output/],
    ["a namespace without a name", { namespaces: [""] }, /"" is not a valid name of a namespace/],
    [
      "a namespace that is named twice",
      { namespaces: ["shop", pulumi.output("shop"), "shop"] },
      /"shop" is named twice/,
    ],
    ["half a label", { selector: { key: "app", value: "" } }, /selector\.value: .*empty/],
    ["half a label of a preset", { preset: Presets.statefulSet({ key: "", value: "db" }) }, /selector\.key: .*empty/],
    ["half an annotation", { annotation: { key: "move", value: "" } }, /annotation\.value: .*empty/],
    ["an invalid label", { selector: { key: "an app", value: "db" } }, /selector\.key: "an app" is not a valid key/],
    ["an invalid value of a label", { selector: { key: "app", value: "d b" } }, /selector\.value: "d b" is no/],
    ["an invalid annotation", { annotation: { key: "a/b/c", value: "yes" } }, /annotation\.key: "a\/b\/c"/],
    ["an image that is pulled sometimes", { imagePullPolicy: "always" }, /must be one of Always, IfNotPresent, Never/],
    ["a text for truth", { trackRescheduledPods: js("false") }, /true or false, not as a text/],
    ["a text for a number", { timeoutSeconds: js("10") }, /"10" is not a whole number/],
    ["the system's namespace", { namespaces: ["kube-system"] }, /belongs to the system/],
    ["an issuer without a name", { certificate: { issuerRef: { name: "" } } }, /issuerRef\.name: .*empty/],
    ["two certificates", { certificate: { issuerRef: { name: "a" }, secretName: "b", caBundle: "c" } }, /both/],
    ["no authority", { certificate: { secretName: "b", caBundle: "" } }, /caBundle: .*empty/],
    ["an invalid authority", { certificate: { secretName: "b", caBundle: "c" } }, /caBundle: it is not a valid PEM/],
    ["a Secret without a name", { certificate: { secretName: "", caBundle: authorities } }, /secretName: .*empty/],
    ["a certificate without the bundle to trust", { certificate: { secretName: "b" } }, /go together/],
    [
      "a keeper of a certificate that is given",
      { certificate: { issuerRef: { name: "a" }, keepers: { a: "b" } } },
      /leave/,
    ],
  ];
  for (const [title, args, reason] of cases)
    test(title, () => assert.throws(() => settingsOf("hook", args), { message: reason }));

  test("too long a name", () => {
    assert.throws(() => settingsOf("h".repeat(47), {}), { message: /longer than 46/ });
  });
});
