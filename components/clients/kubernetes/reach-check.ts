import { checkOptionalText } from "../../dynamic/check";
import type { CheckFailure } from "../../dynamic/handler";
import { unknown } from "../../dynamic/unknown";

/** What is wrong with how a Kubernetes cluster is to be reached, as far as it is known. No message repeats it. */
export function checkReach(property: string, reach: unknown): CheckFailure[] {
  if (reach === undefined || reach === null || reach === unknown) return [];
  if (typeof reach !== "object" || Array.isArray(reach))
    return [{ property, reason: "give an object with kubeconfig and context, or {} for the ambient kubeconfig" }];
  const { kubeconfig, context } = reach as Record<string, unknown>;
  return Object.entries({ kubeconfig, context }).flatMap(([field, text]) =>
    checkOptionalText(`${property}.${field}`, text),
  );
}
