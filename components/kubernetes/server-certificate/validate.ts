import type { CheckFailure } from "../../dynamic/handler";
import { unknown } from "../../dynamic/unknown";
import { ifGiven, listOf, mapOf, optional, required, validateFields } from "../../validation/fields";
import { isDnsName } from "../../validation/kubernetes";
import { integerProblem, text } from "../../validation/validators";
import { validityDays } from "./decide";
import type { CertificateInputs } from "./inputs";

/** Two in a row must end before the authority that has signed the second. */
const longestValidity = 730;

/** Validates the arguments of `ServerCertificate`, as far as they are known at preview. */
export function validateCertificate(inputs: CertificateInputs): CheckFailure[] {
  const longest = (inputs.validityDays as unknown) === unknown ? longestValidity : validityDays(inputs);
  return validateFields(inputs, {
    dnsNames: listOf(required(text(nameProblem)), "give at least one name"),
    validityDays: optional(integerProblem(1, longestValidity)),
    renewBeforeDays: optional(integerProblem(0, longest - 1)),
    keepers: ifGiven(mapOf(required(), "give an object of texts: { NAME: TEXT }")),
  });
}

function nameProblem(name: string): string | undefined {
  return isDnsName(name) ? undefined : `"${name}" is not a valid DNS name`;
}
