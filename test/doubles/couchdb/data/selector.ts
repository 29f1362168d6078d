import { HttpError } from "../node-context";
import { collate } from "./collation";
import { isObject, type Json, type JsonObject } from "./json";

type Operator = (value: Json | undefined, argument: Json) => boolean;

const comparison =
  (test: (difference: number) => boolean): Operator =>
  (value, argument) =>
    value !== undefined && test(collate(value, argument));

const typeName = (value: Json) => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);
const listOf = (value: Json): Json[] => (Array.isArray(value) ? value : []);

const OPERATORS: Record<string, Operator> = {
  $eq: comparison((difference) => difference === 0),
  $ne: (value, argument) => value !== undefined && collate(value, argument) !== 0,
  $lt: comparison((difference) => difference < 0),
  $lte: comparison((difference) => difference <= 0),
  $gt: comparison((difference) => difference > 0),
  $gte: comparison((difference) => difference >= 0),
  $exists: (value, argument) => (value !== undefined) === argument,
  $type: (value, argument) => value !== undefined && typeName(value) === argument,
  $in: (value, argument) =>
    value !== undefined &&
    listOf(argument).some((item) =>
      listOf(value)
        .concat(value)
        .some((v) => collate(v, item) === 0),
    ),
  $nin: (value, argument) => value !== undefined && !listOf(argument).some((item) => collate(value, item) === 0),
  $size: (value, argument) => Array.isArray(value) && value.length === argument,
  $mod: (value, argument) => {
    const [divisor, remainder] = listOf(argument);
    return Number.isInteger(value) && (value as number) % (divisor as number) === remainder;
  },
  $regex: (value, argument) => typeof value === "string" && new RegExp(String(argument)).test(value),
  $beginsWith: (value, argument) => typeof value === "string" && value.startsWith(String(argument)),
  $all: (value, argument) =>
    Array.isArray(value) && listOf(argument).every((item) => value.some((entry) => collate(entry, item) === 0)),
  $elemMatch: (value, argument) => Array.isArray(value) && value.some((entry) => holds(argument, entry)),
  $allMatch: (value, argument) =>
    Array.isArray(value) && value.length > 0 && value.every((entry) => holds(argument, entry)),
  $keyMapMatch: (value, argument) => isObject(value) && Object.keys(value).some((key) => holds(argument, key)),
  $and: (value, argument) => listOf(argument).every((part) => holds(part, value)),
  $or: (value, argument) => listOf(argument).some((part) => holds(part, value)),
  $nor: (value, argument) => !listOf(argument).some((part) => holds(part, value)),
  $not: (value, argument) => !holds(argument, value),
  $text: () => true,
};

function field(value: Json | undefined, path: string): Json | undefined {
  return path
    .split(/(?<!\\)\./)
    .map((name) => name.replaceAll("\\.", "."))
    .reduce<Json | undefined>((at, name) => (isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined), value);
}

function holds(condition: Json, value: Json | undefined): boolean {
  if (!isObject(condition)) return value !== undefined && collate(value, condition) === 0;
  return Object.entries(condition).every(([name, argument]) => {
    const operator = OPERATORS[name];
    return operator ? operator(value, argument) : holds(argument, field(value, name));
  });
}

/** Whether a document meets a Mango selector. */
export function matches(selector: JsonObject, document: JsonObject): boolean {
  return holds(selector, document);
}

/** 400 for an operator that Mango does not have. */
export function checkSelector(selector: Json): void {
  if (Array.isArray(selector)) selector.forEach(checkSelector);
  if (!isObject(selector)) return;
  for (const [name, argument] of Object.entries(selector)) {
    if (name.startsWith("$") && !OPERATORS[name]) {
      throw new HttpError(400, "invalid_operator", `Invalid operator: ${name}`);
    }
    if (isObject(argument) || name.startsWith("$")) checkSelector(argument);
  }
}

/** The fields a selector demands something of at its top, through $and as well: what an index can serve. */
export function fieldsOf(selector: JsonObject): string[] {
  return Object.entries(selector).flatMap(([name, argument]) => {
    if (name === "$and") return listOf(argument).flatMap((part) => (isObject(part) ? fieldsOf(part) : []));
    return name.startsWith("$") ? [] : [name];
  });
}

/** A field of a document by its dotted path. */
export const fieldOf = field;
