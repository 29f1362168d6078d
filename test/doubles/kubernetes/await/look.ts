import { type Json, type JsonObject, nameOf, objectsAt, textAt } from "../objects";

/** What one look at an object, and at what belongs to it, tells. */
export interface Look {
  ready: boolean;
  /** What is waited for, in a line. */
  status: string;
  /** What is known of why the object is not ready. */
  reasons: string[];
  /** Where a ready object must stay so for a while: a text that changes whenever the while begins again. */
  settling?: string;
}

export const SETTLE_SECONDS = 10;

/** The condition of a type in an object's status. */
export function condition(object: JsonObject, type: string): JsonObject | undefined {
  return objectsAt(object, "status", "conditions").find((one) => one.type === type);
}

/** Whether a controller made `object` for `owner`. */
export function isOwnedBy(object: JsonObject, owner: JsonObject): boolean {
  const references = objectsAt(object, "metadata", "ownerReferences");
  return references.some((reference) => reference.uid === (owner.metadata as JsonObject).uid);
}

export function quotedName(object: JsonObject): string {
  return JSON.stringify(nameOf(object));
}

/** A name as messages write it: the namespace `default` goes without saying. */
export function qualifiedName(object: JsonObject): string {
  const namespace = textAt(object, "metadata", "namespace");
  return namespace === "" || namespace === "default" ? nameOf(object) : `${namespace}/${nameOf(object)}`;
}

export const count = (value: Json | undefined) => (typeof value === "number" ? value : 0);
