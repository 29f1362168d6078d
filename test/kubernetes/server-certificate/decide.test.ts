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

describe("what becomes of a certificate", () => {
  const cases: [
    title: string,
    olds: CertificateOutputs | undefined,
    news: Partial<CertificateInputs>,
    reason?: RegExp,
  ][] = [
    ["there is none", undefined, {}, /there is none/],
    ["all is as it was", made(300), {}],
    ["the same names in another order", made(300), { dnsNames: [...names].reverse() }],
    ["a third of its time is left, and a day", made(123), {}],
    ["less than a third is left", made(121), {}, /expires 2026-09-30/],
    ["it has ended", made(-1), {}, /expires 2026-05-31/],
    ["less is left than asked for", made(199), { renewBeforeDays: 200 }, /expires/],
    ["enough is left by what was asked for", made(10), { renewBeforeDays: 9 }],
    ["another name", made(300), { dnsNames: ["hook.other.svc"] }, /other names/],
    ["another validity", made(300), { validityDays: 90 }, /another time/],
    ["a third of a short validity", made(29, { validityDays: 90 }), { validityDays: 90 }, /expires/],
    ["another keeper", made(300), { keeper: "2" }, /keeper/],
    ["the same keeper", made(300, { keeper: "2" }), { keeper: "2" }],
    ["the keeper is gone", made(300, { keeper: "2" }), {}, /keeper/],
  ];
  for (const [title, olds, news, reason] of cases)
    test(title, () => {
      const decision = decide(now, olds, { dnsNames: names, ...news });
      if (reason === undefined) assert.deepEqual(decision, { kind: "keep" });
      else assert.match(decision.kind === "make" ? decision.reason : "kept", reason);
    });
});

describe("bad arguments are told at preview", () => {
  const cases: [title: string, inputs: Partial<Record<keyof CertificateInputs, unknown>>, property: string][] = [
    ["no name", { dnsNames: [] }, "dnsNames"],
    ["a name with blanks", { dnsNames: ["a", "b c"] }, "dnsNames[1]"],
    ["valid for no day", { validityDays: 0 }, "validityDays"],
    ["valid for longer than its authority", { validityDays: 731 }, "validityDays"],
    ["due when it is made", { validityDays: 30, renewBeforeDays: 30 }, "renewBeforeDays"],
    ["an empty keeper", { keeper: "" }, "keeper"],
  ];
  for (const [title, inputs, property] of cases)
    test(title, () => {
      const failures = validateCertificate({ dnsNames: names, ...inputs } as CertificateInputs);
      assert.deepEqual(
        failures.map((failure) => failure.property),
        [property],
      );
    });

  test("values not known yet are no failure", () => {
    const inputs = { dnsNames: unknown, validityDays: unknown, renewBeforeDays: unknown, keeper: unknown };
    assert.deepEqual(validateCertificate(inputs as unknown as CertificateInputs), []);
    assert.deepEqual(validateCertificate({ dnsNames: [unknown] }), []);
  });
});
