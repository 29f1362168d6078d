import type { CheckFailure } from "../../dynamic/handler";
import { unknown } from "../../dynamic/unknown";
import { validateOptionalInteger, validateOptionalText, validateText } from "../../validation/fields";
import { validityDays } from "./decide";
import type { CertificateInputs } from "./inputs";

/** Two in a row must end before the authority that has signed the second. */
const longestValidity = 730;

/** What is wrong with the arguments of `ServerCertificate`, as far as they are known at preview. */
export function validateCertificate(inputs: CertificateInputs): CheckFailure[] {
  const { dnsNames, validityDays: validity, renewBeforeDays, keeper } = inputs;
  const names = Array.isArray(dnsNames) ? dnsNames : [];
  const longest = (validity as unknown) === unknown ? longestValidity : validityDays(inputs);
  return [
    ...(names.length === 0 && (dnsNames as unknown) !== unknown
      ? [{ property: "dnsNames", reason: "give at least one name" }]
      : []),
    ...names.flatMap((name, index) => validateText(`dnsNames[${index}]`, name, nameProblem)),
    ...validateOptionalInteger("validityDays", validity, 1, longestValidity),
    ...validateOptionalInteger("renewBeforeDays", renewBeforeDays, 0, longest - 1),
    ...validateOptionalText("keeper", keeper),
  ];
}

function nameProblem(name: string): string | undefined {
  return /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name) ? undefined : `"${name}" is no DNS name`;
}
