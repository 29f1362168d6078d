import { isObject, type Json } from "./json";

const strings = new Intl.Collator("und");

function rank(value: Json | undefined): number {
  if (value === null || value === undefined) return 0;
  if (value === false) return 1;
  if (value === true) return 2;
  if (typeof value === "number") return 3;
  if (typeof value === "string") return 4;
  return Array.isArray(value) ? 5 : 6;
}

/** Orders keys of a view as CouchDB does: null, booleans, numbers, strings, arrays, objects. */
export function collate(a: Json, b: Json): number {
  const difference = rank(a) - rank(b);
  if (difference !== 0) return difference;
  if (typeof a === "number") return a - (b as number);
  if (typeof a === "string") return strings.compare(a, b as string);
  if (Array.isArray(a)) return collateLists(a, b as Json[]);
  if (!isObject(a)) return 0;
  const left = Object.entries(a);
  const right = Object.entries(b as Record<string, Json>);
  return collateLists(left.flat(), right.flat());
}

function collateLists(a: Json[], b: Json[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const difference = collate(a[index] as Json, b[index] as Json);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Orders ids as `_all_docs` does: by their bytes; anything but a string as in a view. */
export function collateIds(a: Json, b: Json): number {
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : a > b ? 1 : 0;
  return collate(a, b);
}
