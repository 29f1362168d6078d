import { createHash, randomBytes } from "node:crypto";
import { type JsonObject, nameOf, namespaceOf, withValueAt } from "./objects";

/** The id of an object in Pulumi's state: NAMESPACE/NAME, or NAME where there are no namespaces. */
export function idOf(object: JsonObject): string {
  const namespace = namespaceOf(object);
  return namespace ? `${namespace}/${nameOf(object)}` : nameOf(object);
}

export function parseId(id: string): { namespace: string; name: string } {
  const [first = "", second] = id.split("/");
  return second === undefined ? { namespace: "", name: first } : { namespace: first, name: second };
}

/** The parts of `urn:pulumi:STACK::PROJECT::PARENTS$kubernetes:GROUP/VERSION:KIND::NAME`. */
export function parseUrn(urn: string): { name: string; type: string; apiVersion: string; kind: string } {
  const [, , types = "", ...names] = urn.split("::");
  const type = types.split("$").pop() ?? "";
  const [, module = "", kind = ""] = type.split(":");
  return { name: names.join("::"), type, apiVersion: module.replace(/^core\//, ""), kind };
}

/** `PREFIX` and eight hex digits: the same ones for the same seed, for which Pulumi gives one where it wants that. */
export function uniqueName(prefix: string, seed: Uint8Array): string {
  if (seed.length === 0) return prefix + randomBytes(4).toString("hex");
  return prefix + createHash("sha256").update(seed).update(prefix).digest("hex").slice(0, 8);
}

/** The object at another place: of this name, and in this namespace where there is one. */
export function withPlace(object: JsonObject, namespace: string, name: string): JsonObject {
  const named = withValueAt(object, ["metadata", "name"], name);
  return namespace ? withValueAt(named, ["metadata", "namespace"], namespace) : named;
}
