import * as pulumi from "@pulumi/pulumi";

/**
 * Annotation of the object that a component makes first, and that all others wait for: where another stack has one of the
 * same name, the API server refuses it as a conflict, before the two share objects that the `destroy` of one would take
 * from both.
 */
export function ownedByStack(): Record<string, string> {
  return { "pulumi-couch/stack": `${pulumi.getProject()}/${pulumi.getStack()}` };
}
