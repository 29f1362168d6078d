/** What components' Kubernetes objects have in common. */
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/**
 * Resource options of an object whose change Pulumi makes by a new one: a component that is protected (`protect`) must
 * take changes all the same. What is protected besides needs the object, so that it can't be deleted alone.
 */
export const replaceable = { protect: false } as const;

/** Annotation of an object for which the Kubernetes provider shall not wait: where something else waits, and sees more. */
export const unawaited = { "pulumi.com/skipAwait": "true" };

/**
 * Annotation of the object that a component makes first, and that all others wait for: where another stack has one of the
 * same name, the API server refuses it as a conflict, before the two share objects that the `destroy` of one would take
 * from both.
 */
export function ownedByStack(): Record<string, string> {
  return { "pulumi-couch/stack": `${pulumi.getProject()}/${pulumi.getStack()}` };
}

/**
 * Annotation of all other objects of a component: whoever sets their fields has this name, in every `up`. Pulumi would else
 * take another name at each creation, and what a killed `up` had made but not noted would be somebody else's to the next
 * one: a conflict, wherever a field has been completed by the API server or changed in the program. The name begins as
 * those that Pulumi takes, by which it knows its own.
 */
export function managedAs(component: string): Record<string, string> {
  return { "pulumi.com/patchFieldManager": `pulumi-kubernetes/${component}` };
}

/** Annotations, if there are any. */
export type Annotations = pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;

/** All in one; of the same key the last. */
export function annotationsOf(...some: Annotations[]): pulumi.Output<Record<string, string> | undefined> {
  return pulumi.all(some).apply((all) => {
    const merged: Record<string, string> = Object.assign({}, ...all);
    // The API server keeps no empty map, so one would be a change for ever.
    return Object.keys(merged).length > 0 ? merged : undefined;
  });
}

/** A Secret's data. Not `stringData`, which the API server takes, but never shows again. */
export function secretData(texts: Record<string, pulumi.Input<string>>): pulumi.Output<Record<string, string>> {
  const encoded = (text: string) => Buffer.from(text).toString("base64");
  return pulumi
    .all(texts)
    .apply((all) => Object.fromEntries(Object.entries(all).map(([key, text]) => [key, encoded(text)])));
}

/** The security that the restricted Pod Security Standard asks of every container. */
export const restricted: kubernetes.types.input.core.v1.SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
};
