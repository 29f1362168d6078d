import type { Change } from "./diff";

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
