import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { unknown } from "../../../components/dynamic/unknown";
import { decide } from "../../../components/kubernetes/server-certificate/decide";
import type { CertificateInputs, CertificateOutputs } from "../../../components/kubernetes/server-certificate/inputs";
import { validateCertificate } from "../../../components/kubernetes/server-certificate/validate";

const names = ["hook.shop.svc", "hook.shop.svc.cluster.local"];
const now = new Date("2026-06-01T00:00:00Z");

/** What was made for `inputs`, with an end in so many days. */
function made(daysLeft: number, inputs: Partial<CertificateInputs> = {}): CertificateOutputs {
  const expires = new Date(now.getTime() + daysLeft * 86_400_000).toISOString();
  return { dnsNames: names, validityDays: 365, ...inputs, expires } as CertificateOutputs;
}

describe("what happens to a certificate", () => {
  const cases: [
    title: string,
    olds: CertificateOutputs | undefined,
    news: Partial<CertificateInputs>,
    reason?: RegExp,
  ][] = [
    ["there is no certificate", undefined, {}, /there is no certificate/],
    ["all is as it was", made(300), {}],
    ["the same names in another order", made(300), { dnsNames: [...names].reverse() }],
    ["a third of its time is left, and a day", made(123), {}],
    ["less than a third is left", made(121), {}, /expires 2026-09-30/],
    ["it has ended", made(-1), {}, /expires 2026-05-31/],
    ["less is left than asked for", made(199), { renewBeforeDays: 200 }, /expires/],
    ["enough is left by what was asked for", made(10), { renewBeforeDays: 9 }],
    ["another name", made(300), { dnsNames: ["hook.other.svc"] }, /names have changed/],
    ["another validity", made(300), { validityDays: 90 }, /validity has changed/],
    ["a third of a short validity", made(29, { validityDays: 90 }), { validityDays: 90 }, /expires/],
    ["a new keeper", made(300), { keepers: { month: "2" } }, /keeper/],
    ["another keeper", made(300, { keepers: { month: "2" } }), { keepers: { month: "3" } }, /keeper/],
    [
      "one of two keepers",
      made(300, { keepers: { month: "2", by: "hand" } }),
      { keepers: { month: "2", by: "me" } },
      /keeper/,
    ],
    ["the same keepers in another order", made(300, { keepers: { a: "1", b: "2" } }), { keepers: { b: "2", a: "1" } }],
    ["no keepers instead of none", made(300), { keepers: {} }],
    ["the keeper is gone", made(300, { keepers: { month: "2" } }), {}, /keeper/],
  ];
  for (const [title, olds, news, reason] of cases)
    test(title, () => {
      const decision = decide(now, olds, { dnsNames: names, ...news });
      if (reason === undefined) assert.deepEqual(decision, { kind: "keep" });
      else assert.match(decision.kind === "make" ? decision.reason : "kept", reason);
    });
});

describe("invalid arguments are reported at preview", () => {
  const cases: [title: string, inputs: Partial<Record<keyof CertificateInputs, unknown>>, property: string][] = [
    ["no name", { dnsNames: [] }, "dnsNames"],
    ["a name with blanks", { dnsNames: ["a", "b c"] }, "dnsNames[1]"],
    ["valid for no day", { validityDays: 0 }, "validityDays"],
    ["valid for longer than its authority", { validityDays: 731 }, "validityDays"],
    ["due when it is made", { validityDays: 30, renewBeforeDays: 30 }, "renewBeforeDays"],
    ["an empty keeper", { keepers: { month: "" } }, "keepers.month"],
    ["a number for a keeper", { keepers: { month: 2 } }, "keepers.month"],
    ["a text for all keepers", { keepers: "2" }, "keepers"],
    ["a list of keepers", { keepers: ["2"] }, "keepers"],
  ];
  for (const [title, inputs, property] of cases)
    test(title, () => {
      const failures = validateCertificate({ dnsNames: names, ...inputs } as CertificateInputs);
      assert.deepEqual(
        failures.map((failure) => failure.property),
        [property],
      );
    });

  test("values not known yet pass", () => {
    const inputs = { dnsNames: unknown, validityDays: unknown, renewBeforeDays: unknown, keepers: { month: unknown } };
    assert.deepEqual(validateCertificate(inputs as unknown as CertificateInputs), []);
    assert.deepEqual(validateCertificate({ dnsNames: [unknown] }), []);
  });
});
