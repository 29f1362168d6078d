/** A value of JSON, as it travels between the engine, this plugin and the API server. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

export interface JsonObject {
  [key: string]: Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a path of keys, if all of them are there. */
export function at(value: Json | undefined, ...path: string[]): Json | undefined {
  return path.reduce<Json | undefined>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

export function textAt(value: Json | undefined, ...path: string[]): string {
  const found = at(value, ...path);
  return typeof found === "string" ? found : "";
}

export function numberAt(value: Json | undefined, ...path: string[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === "number" ? found : undefined;
}

export function objectsAt(value: Json | undefined, ...path: string[]): JsonObject[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter(isObject) : [];
}

/** A copy with `value` at a path of keys; what lies between is made where it is missing. */
export function withValueAt(object: JsonObject, path: readonly string[], value: Json): JsonObject {
  const [key, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) return { ...object, [key]: value };
  const inner = object[key];
  return { ...object, [key]: withValueAt(isObject(inner) ? inner : {}, rest, value) };
}

/** A copy without what is at a path of keys. */
export function withoutValueAt(object: JsonObject, ...path: string[]): JsonObject {
  const [key, ...rest] = path as [string, ...string[]];
  const inner = object[key];
  if (inner === undefined || (rest.length > 0 && !isObject(inner))) return object;
  if (rest.length > 0) return { ...object, [key]: withoutValueAt(inner as JsonObject, ...rest) };
  const { [key]: _, ...others } = object;
  return others;
}

export const apiVersionOf = (object: JsonObject) => textAt(object, "apiVersion");
export const kindOf = (object: JsonObject) => textAt(object, "kind");
export const nameOf = (object: JsonObject) => textAt(object, "metadata", "name");
export const namespaceOf = (object: JsonObject) => textAt(object, "metadata", "namespace");
export const annotationOf = (object: JsonObject, key: string) => textAt(object, "metadata", "annotations", key);
export const isAnnotatedTrue = (object: JsonObject, key: string) => annotationOf(object, key) === "true";
