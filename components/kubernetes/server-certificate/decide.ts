import { isDeepStrictEqual } from "node:util";
import type { CertificateInputs, CertificateOutputs } from "./inputs";

export const defaultValidityDays = 365;

/** Enough for two certificates of the longest validity, one after the other, and a year in between. */
export const authorityDays = 5 * 365;

const day = 24 * 60 * 60 * 1000;

/** The moment a number of days later. */
export function daysAfter(moment: Date, days: number): Date {
  return new Date(moment.getTime() + days * day);
}

/** What happens to the certificate. */
export type Decision = { kind: "keep" } | { kind: "make"; reason: string };

/** Decides by the last certificate, what is declared, and the time. */
export function decide(now: Date, olds: CertificateOutputs | undefined, news: CertificateInputs): Decision {
  const make = (reason: string): Decision => ({ kind: "make", reason });
  if (olds === undefined) return make("there is no certificate");
  if (!isDeepStrictEqual(sorted(olds.dnsNames), sorted(news.dnsNames))) return make("its names have changed");
  if (olds.validityDays !== validityDays(news)) return make("its validity has changed");
  if (!isDeepStrictEqual(olds.keepers ?? {}, news.keepers ?? {})) return make("a keeper has changed");
  if (now >= daysAfter(new Date(olds.expires), -renewBeforeDays(news))) return make(`it expires ${olds.expires}`);
  return { kind: "keep" };
}

/** How long a new certificate is valid. */
export function validityDays(inputs: CertificateInputs): number {
  return inputs.validityDays ?? defaultValidityDays;
}

/** Default: a third of the validity. */
function renewBeforeDays(inputs: CertificateInputs): number {
  return inputs.renewBeforeDays ?? Math.ceil(validityDays(inputs) / 3);
}

function sorted(names: string[]): string[] {
  return [...names].sort();
}
