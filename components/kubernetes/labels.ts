import type * as pulumi from "@pulumi/pulumi";
import { derived } from "../validation/arguments";

/** The recommended labels by which the pods of one component are found. They can't change. */
export function selectorLabels(app: string, instance: string): Record<string, string> {
  return { "app.kubernetes.io/name": app, "app.kubernetes.io/instance": instance };
}

/**
 * The labels of everything that a component makes: the user's, and over them the recommended ones.
 *
 * @param role what the component is in its application, where its name does not say it: `database`
 */
export function labelsOf(
  given: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined,
  selector: Record<string, string>,
  role?: string,
): pulumi.Input<Record<string, string>> {
  const ours = { ...selector, ...(role && { "app.kubernetes.io/component": role }) };
  return derived(given ?? {}, (own) => ({ ...own, ...ours }));
}
