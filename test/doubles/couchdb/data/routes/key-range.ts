import { HttpError } from "../../node-context";
import type { Json } from "../json";
import type { Parameters } from "./parameters";

/** Which rows of a sorted list are asked for: the parameters that `_all_docs` and views share. */
export interface Selection {
  keys?: Json[];
  start?: Json;
  end?: Json;
  inclusiveEnd: boolean;
  descending: boolean;
  skip: number;
  limit: number;
}

/** Reads the parameters; 400 as recorded for what they cannot be. */
export function parseSelection(parameters: Parameters): Selection {
  const key = parameters.json("key");
  const keys = parameters.json("keys");
  if (keys !== undefined && !Array.isArray(keys)) {
    throw new HttpError(400, "bad_request", "`keys` member must be an array.");
  }
  return {
    keys,
    start: key ?? parameters.json("startkey", "start_key"),
    end: key ?? parameters.json("endkey", "end_key"),
    inclusiveEnd: key !== undefined || parameters.flag("inclusive_end", true),
    descending: parameters.flag("descending"),
    skip: parameters.count("skip") ?? 0,
    limit: parameters.count("limit") ?? Number.POSITIVE_INFINITY,
  };
}

/** The rows between the keys, and how many stand before the first of them. `rows` are sorted ascending. */
export function select<T extends { key: Json }>(
  rows: T[],
  wanted: Selection,
  compare: (a: Json, b: Json) => number,
): { rows: T[]; offset: number } {
  const ordered = wanted.descending ? [...rows].reverse() : rows;
  const sign = wanted.descending ? -1 : 1;
  const before = (row: T) => wanted.start !== undefined && sign * compare(row.key, wanted.start) < 0;
  const after = (row: T) => {
    if (wanted.end === undefined) return false;
    const difference = sign * compare(row.key, wanted.end);
    return wanted.inclusiveEnd ? difference > 0 : difference >= 0;
  };
  const skipped = ordered.filter(before).length;
  const inRange = ordered.filter((row) => !before(row) && !after(row));
  const offset = Math.min(skipped + wanted.skip, ordered.length);
  return { rows: inRange.slice(wanted.skip, wanted.skip + wanted.limit), offset };
}
