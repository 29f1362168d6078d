import type { CheckFailure } from "../../dynamic/handler";
import { unknown } from "../../dynamic/unknown";
import { validateOptionalInteger, validateText } from "../../validation/fields";
import { validityDays } from "./decide";
import type { CertificateInputs } from "./inputs";

/** Two in a row must end before the authority that has signed the second. */
const longestValidity = 730;

/** What is wrong with the arguments of `ServerCertificate`, as far as they are known at preview. */
export function validateCertificate(inputs: CertificateInputs): CheckFailure[] {
  const { dnsNames, validityDays: validity, renewBeforeDays, keepers } = inputs;
  const names = Array.isArray(dnsNames) ? dnsNames : [];
  const longest = (validity as unknown) === unknown ? longestValidity : validityDays(inputs);
  return [
    ...(names.length === 0 && (dnsNames as unknown) !== unknown
      ? [{ property: "dnsNames", reason: "give at least one name" }]
      : []),
    ...names.flatMap((name, index) => validateText(`dnsNames[${index}]`, name, nameProblem)),
    ...validateOptionalInteger("validityDays", validity, 1, longestValidity),
    ...validateOptionalInteger("renewBeforeDays", renewBeforeDays, 0, longest - 1),
    ...validateKeepers(keepers),
  ];
}

function nameProblem(name: string): string | undefined {
  return /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name) ? undefined : `"${name}" is no DNS name`;
}

/** A map of texts: one text for all would count as a list of its letters. */
function validateKeepers(keepers: unknown): CheckFailure[] {
  if (keepers === undefined || keepers === null || keepers === unknown) return [];
  if (typeof keepers !== "object" || Array.isArray(keepers))
    return [{ property: "keepers", reason: "give an object of texts: { NAME: TEXT }" }];
  return Object.entries(keepers).flatMap(([name, text]) => validateText(`keepers.${name}`, text));
}
