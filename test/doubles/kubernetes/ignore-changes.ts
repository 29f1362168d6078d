import type { Change } from "./diff";
import { at, isObject, type JsonObject, objectsAt, withoutValueAt, withValueAt } from "./objects";

/** The changes without those at or below a path of `ignoreChanges`. */
export function withoutIgnored(changes: Map<string, Change>, ignored: readonly string[]): Map<string, Change> {
  if (ignored.length === 0) return changes;
  const prefixes = ignored.map(steps);
  const isIgnored = (path: string[]) => prefixes.some((prefix) => contains(prefix, path));
  return new Map([...changes].filter(([path]) => !isIgnored(steps(path))));
}

function contains(prefix: string[], path: string[]): boolean {
  return prefix.length <= path.length && prefix.every((step, index) => step === "*" || step === path[index]);
}

/** The steps of a property path such as `spec.ports[0]["a.b"]`. */
function steps(path: string): string[] {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[([^\]]*)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, key]) => quoted?.replaceAll('\\"', '"') ?? index ?? key ?? "",
  );
}

/**
 * The inputs of an update in which ignored fields stay as they are: one that only another manager has is left out,
 * any other is given the value that it has.
 */
export function withIgnoredAsLive(
  inputs: JsonObject,
  live: JsonObject,
  ignored: readonly string[],
  fieldManager: string,
): JsonObject {
  return ignored.map(steps).reduce((kept, path) => {
    const managers = objectsAt(live, "metadata", "managedFields")
      .filter((entry) => manages(entry, path))
      .map((entry) => entry.manager);
    if (managers.length > 0 && !managers.includes(fieldManager)) return withoutValueAt(kept, ...path);
    const value = at(live, ...path);
    return value === undefined ? kept : withValueAt(kept, path, value);
  }, inputs);
}

/** Whether an entry of `managedFields` names the field or something in it. */
function manages(entry: JsonObject, path: readonly string[]): boolean {
  return isObject(at(entry, "fieldsV1", ...path.map((step) => `f:${step}`)));
}
