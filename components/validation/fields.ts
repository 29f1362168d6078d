import type { CheckFailure } from "../dynamic/handler";
import { unknown } from "../dynamic/unknown";
import { isObject } from "../runtime/json";
import { textProblem, type Validator } from "./validators";

/** Validates the field at a path of a handler's inputs. A value that is not known yet passes. */
export type FieldValidator = (property: string, value: unknown) => CheckFailure[];

/** A field that must be there: validators of values report those that are missing. */
export function required(problemOf: Validator = textProblem): FieldValidator {
  return (property, value) => {
    if (value === unknown) return [];
    const reason = problemOf(value);
    return reason ? [{ property, reason }] : [];
  };
}

/** The same of a field that may be left out. */
export function optional(problemOf: Validator = textProblem): FieldValidator {
  return ifGiven(required(problemOf));
}

/** A field that may be left out, otherwise is validated. */
export function ifGiven(validate: FieldValidator): FieldValidator {
  return (property, value) => (value === undefined || value === null ? [] : validate(property, value));
}

/**
 * An object with these fields and no others: a misspelt one would count as left out.
 *
 * @param note what the fields are, where their names don't say it
 */
export function objectOf(fields: Readonly<Record<string, FieldValidator>>, note = ""): FieldValidator {
  const names = Object.keys(fields);
  return (property, value) => {
    if (value === unknown) return [];
    if (!isObject(value))
      return [{ property, reason: `give an object with ${names.slice(0, -1).join(", ")} and ${names.at(-1)}${note}` }];
    const unexpected = Object.keys(value).filter((field) => !names.includes(field));
    const reason = `there is no such field; give ${names.join(" or ")}`;
    return [
      ...validateFields(value, fields, `${property}.`),
      ...unexpected.map((field) => ({ property: `${property}.${field}`, reason })),
    ];
  };
}

/**
 * A list whose items are all validated.
 *
 * @param instead what to give in place of what is not a list, or is empty
 */
export function listOf(item: FieldValidator, instead: string): FieldValidator {
  return (property, value) => {
    if (value === unknown) return [];
    if (!Array.isArray(value) || value.length === 0) return [{ property, reason: instead }];
    return value.flatMap((one, index) => item(`${property}[${index}]`, one));
  };
}

/**
 * A map whose values are all validated.
 *
 * @param instead what to give in place of what is not a map
 */
export function mapOf(item: FieldValidator, instead: string): FieldValidator {
  return (property, value) => {
    if (value === unknown) return [];
    if (!isObject(value)) return [{ property, reason: instead }];
    return Object.entries(value).flatMap(([key, one]) => item(`${property}.${key}`, one));
  };
}

/** Validates each of these fields of an object, those that are missing too. Other fields are not looked at. */
export function validateFields<Fields extends object>(
  inputs: Fields,
  fields: { readonly [field in keyof Fields]?: FieldValidator } | Readonly<Record<string, FieldValidator>>,
  prefix = "",
): CheckFailure[] {
  const values = inputs as Readonly<Record<string, unknown>>;
  return Object.entries<FieldValidator | undefined>(fields).flatMap(
    ([field, validate]) => validate?.(`${prefix}${field}`, values[field]) ?? [],
  );
}
