import { parseUrn, uniqueName } from "./identity";
import { at, isAnnotatedTrue, type JsonObject, nameOf, withValueAt } from "./objects";
import { isUnknown } from "./values";

const AUTONAMED = "pulumi.com/autonamed";

/** The inputs with a name: the program's own, the one of the last time, or a new one made of the resource's. */
export function named(inputs: JsonObject, old: JsonObject | undefined, urn: string, seed: Uint8Array): JsonObject {
  if (hasName(inputs)) return inputs;
  if (old) return isAutonamed(old) ? withAutoname(inputs, nameOf(old)) : inputs;
  return withAutoname(inputs, uniqueName(`${parseUrn(urn).name}-`, seed));
}

/** A name that will only be known on `up` is one, too. */
export function hasName(inputs: JsonObject): boolean {
  return nameOf(inputs) !== "" || isUnknown(at(inputs, "metadata", "name"));
}

export function isAutonamed(inputs: JsonObject): boolean {
  return isAnnotatedTrue(inputs, AUTONAMED);
}

function withAutoname(inputs: JsonObject, name: string): JsonObject {
  const annotated = withValueAt(inputs, ["metadata", "annotations", AUTONAMED], "true");
  return withValueAt(annotated, ["metadata", "name"], name);
}
