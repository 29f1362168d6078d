import { isDeepStrictEqual } from "node:util";
import { isObject, type Json, type JsonObject } from "./objects";
import { isUnknown } from "./values";

/** What becomes of one property. */
export interface Change {
  kind: "add" | "update" | "delete";
  replace: boolean;
}

type Path = readonly (string | number)[];

/**
 * How `wanted` differs from `present`, property by property: an object that comes or goes is one change, one that
 * stays is gone into, and an array's elements are compared by their place.
 */
export function diffOf(present: JsonObject, wanted: JsonObject, forceNew: readonly string[][]): Map<string, Change> {
  const changes = new Map<string, Change>();
  compare([], present, wanted);
  return changes;

  function compare(path: Path, old: Json | undefined, now: Json | undefined): void {
    if (now === undefined || old === undefined || isUnknown(now)) {
      const kind = now === undefined ? "delete" : old === undefined ? "add" : "update";
      note(path, kind, now);
    } else if (isObject(old) && isObject(now)) {
      for (const key of keysOf(old, now)) compare([...path, key], old[key], now[key]);
    } else if (Array.isArray(old) && Array.isArray(now)) {
      for (let index = 0; index < Math.max(old.length, now.length); index++)
        compare([...path, index], old[index], now[index]);
    } else if (!isDeepStrictEqual(old, now)) {
      note(path, "update", now);
    }
  }

  function note(path: Path, kind: Change["kind"], value: Json | undefined): void {
    const replace = forceNew.some((pattern) => reaches(path, value, pattern));
    changes.set(propertyPath(path), { kind, replace });
  }
}

/** Keys in an order that does not depend on who wrote the object. */
function keysOf(...objects: JsonObject[]): string[] {
  return [...new Set(objects.flatMap(Object.keys))].sort();
}

/** Whether a change at `path`, to `value`, touches the field that `pattern` names. */
function reaches(path: Path, value: Json | undefined, pattern: readonly string[]): boolean {
  const shared = Math.min(path.length, pattern.length);
  for (let index = 0; index < shared; index++) {
    const step = path[index];
    if (typeof step === "number" ? pattern[index] !== "*" : pattern[index] !== step) return false;
  }
  return holds(value, pattern.slice(path.length));
}

/** Whether a field lies in `value`. */
function holds(value: Json | undefined, pattern: readonly string[]): boolean {
  const [step, ...rest] = pattern;
  if (step === undefined) return true;
  if (Array.isArray(value)) return step === "*" && value.some((element) => holds(element, rest));
  return isObject(value) && step in value && holds(value[step], rest);
}

/** A property's path as Pulumi writes it: `spec.ports[0]["a.b"]`. */
function propertyPath(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/[."[\]]/.test(step)) text += `["${step.replaceAll('"', '\\"')}"]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}
