import type { CheckFailure } from "../../dynamic/handler";
import { validateOptionalObject, validateText } from "../../validation/fields";

/** What is wrong with how a Kubernetes cluster is to be reached, as far as it is known. No message repeats it. */
export function validateKubernetesAccess(property: string, reach: unknown): CheckFailure[] {
  const note = ", or {} for the ambient kubeconfig";
  return validateOptionalObject(property, reach, ["kubeconfig", "context"], validateText, note);
}
