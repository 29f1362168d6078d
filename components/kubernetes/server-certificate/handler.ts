import { randomUUID, X509Certificate } from "node:crypto";
import { changedFields } from "../../dynamic/changes";
import type { Handler } from "../../dynamic/handler";
import { authorityDays, daysAfter, decide, validityDays } from "./decide";
import type { CertificateInputs, CertificateOutputs } from "./inputs";
import { type KeyPair, makeAuthority, makeCertificate, type Validity } from "./issue";
import { validateCertificate } from "./validate";

/** Handler of the resource `ServerCertificate`. It connects to nothing. */
export function certificateHandler(clock = () => new Date()): Handler<CertificateInputs, CertificateOutputs> {
  return {
    check: validateCertificate,

    // Time passes: a certificate may be due without any change of what is declared.
    diff(olds, news) {
      const isDue = decide(clock(), olds, news).kind === "make";
      return { changes: isDue || changedFields(declared(olds), declared(news), declaredFields).length > 0 };
    },

    async create(inputs) {
      return { id: randomUUID(), outs: await make(clock(), undefined, inputs) };
    },

    async update(_id, olds, news) {
      const now = clock();
      const made = decide(now, olds, news).kind === "make" ? await make(now, olds, news) : olds;
      return { outs: { ...made, ...declared(news) } };
    },
  };
}

const declaredFields = ["dnsNames", "validityDays", "renewBeforeDays", "keepers"] as const;

function declared(inputs: CertificateInputs) {
  const { dnsNames, renewBeforeDays, keepers } = inputs;
  return { dnsNames, renewBeforeDays, keepers, validityDays: validityDays(inputs) };
}

/** Clocks differ: a new certificate must be valid on hosts whose clock is behind. */
const clockSkewDays = 1 / 24;

/**
 * Makes a certificate, signed by the authority that clients trust since the previous one, and the authority for the
 * next. So server and clients can be updated in any order: each of them may be one certificate behind.
 */
async function make(
  now: Date,
  olds: CertificateOutputs | undefined,
  inputs: CertificateInputs,
): Promise<CertificateOutputs> {
  const lasting = (days: number): Validity => ({ from: daysAfter(now, -clockSkewDays), to: daysAfter(now, days) });
  const validity = lasting(validityDays(inputs));
  const prepared = olds && { certificate: olds.nextAuthority, key: olds.nextAuthorityKey };
  const authority = outlives(prepared, validity) ? prepared : await makeAuthority(lasting(authorityDays));
  const next = await makeAuthority(lasting(authorityDays));
  const leaf = await makeCertificate(inputs.dnsNames, validity, authority);
  return {
    ...declared(inputs),
    certificate: leaf.certificate,
    privateKey: leaf.key,
    expires: endOf(leaf.certificate).toISOString(),
    caBundle: [...(olds ? [olds.authority] : []), authority.certificate, next.certificate].join(""),
    authority: authority.certificate,
    nextAuthority: next.certificate,
    nextAuthorityKey: next.key,
  };
}

function outlives(authority: KeyPair | undefined, { to }: Validity): authority is KeyPair {
  return authority !== undefined && endOf(authority.certificate) >= to;
}

function endOf(certificate: string): Date {
  return new Date(new X509Certificate(certificate).validTo);
}
