import { checkOptionalObject, checkText } from "../../dynamic/check";
import type { CheckFailure } from "../../dynamic/handler";

/** What is wrong with how a Kubernetes cluster is to be reached, as far as it is known. No message repeats it. */
export function checkReach(property: string, reach: unknown): CheckFailure[] {
  const note = ", or {} for the ambient kubeconfig";
  return checkOptionalObject(property, reach, ["kubeconfig", "context"], checkText, note);
}
