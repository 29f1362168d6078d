import { checkOptionalInteger, checkOptionalText, checkText } from "../../dynamic/check";
import type { CheckFailure } from "../../dynamic/handler";
import { unknown } from "../../dynamic/unknown";
import { validityDays } from "./decide";
import type { CertificateInputs } from "./inputs";

/** Two in a row must end before the authority that has signed the second. */
const longestValidity = 730;

/** What is wrong with the arguments of `WebhookCertificate`, as far as they are known at preview. */
export function checkCertificate(inputs: CertificateInputs): CheckFailure[] {
  const { dnsNames, validityDays: validity, renewBeforeDays, keeper } = inputs;
  const names = Array.isArray(dnsNames) ? dnsNames : [];
  const longest = (validity as unknown) === unknown ? longestValidity : validityDays(inputs);
  return [
    ...(names.length === 0 && (dnsNames as unknown) !== unknown
      ? [{ property: "dnsNames", reason: "give at least one name" }]
      : []),
    ...names.flatMap((name, index) => checkText(`dnsNames[${index}]`, name, nameProblem)),
    ...checkOptionalInteger("validityDays", validity, 1, longestValidity),
    ...checkOptionalInteger("renewBeforeDays", renewBeforeDays, 0, longest - 1),
    ...checkOptionalText("keeper", keeper),
  ];
}

function nameProblem(name: string): string | undefined {
  return /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name) ? undefined : `"${name}" is no DNS name`;
}
