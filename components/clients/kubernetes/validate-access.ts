import { ifGiven, objectOf, optional } from "../../validation/fields";

/** Validates how a Kubernetes cluster is reached, which may be left out. No message repeats it: it is a secret. */
export const validateKubernetesAccess = ifGiven(
  objectOf({ kubeconfig: optional(), context: optional() }, ", or {} for the ambient kubeconfig"),
);
