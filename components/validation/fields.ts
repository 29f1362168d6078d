import type { CheckFailure } from "../dynamic/handler";
import { unknown } from "../dynamic/unknown";

/** Judges one known value: what is wrong and what to do, or nothing. */
export type Validator<T> = (value: T) => string | undefined;

/** A field that must be a text. Values not known yet pass. */
export function validateText(property: string, value: unknown, judge?: Validator<string>): CheckFailure[] {
  if (value === unknown) return [];
  if (typeof value !== "string" || value === "") return [{ property, reason: "it is missing or empty; give a text" }];
  const reason = judge?.(value);
  return reason ? [{ property, reason }] : [];
}

/** As {@link validateText}, for a field that may be left out. */
export function validateOptionalText(property: string, value: unknown, judge?: Validator<string>): CheckFailure[] {
  return value === undefined || value === null ? [] : validateText(property, value, judge);
}

/** A field that may be left out, else a whole number within limits. Values not known yet pass. */
export function validateOptionalInteger(property: string, value: unknown, least: number, most: number): CheckFailure[] {
  if (value === undefined || value === null || value === unknown) return [];
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return [];
  // Anything but a number is not repeated: it may be a secret that got into the wrong place.
  const given = typeof value === "number" ? `${value}` : "it";
  return [{ property, reason: `${given} is not a whole number from ${least} to ${most}` }];
}

/** A field that may be left out, else true or false: the text "false" would count as true. Values not known yet pass. */
export function validateOptionalBoolean(property: string, value: unknown): CheckFailure[] {
  if (value === undefined || value === null || value === unknown || typeof value === "boolean") return [];
  return [{ property, reason: "give true or false, not as a text" }];
}

/**
 * A field that may be left out, else an object with these fields and no others, each judged if it is there: a misspelt
 * one would count as left out. Values not known yet pass.
 *
 * @param note what the fields are, where their names don't say it
 */
export function validateOptionalObject(
  property: string,
  value: unknown,
  fields: readonly string[],
  checkField: (property: string, value: unknown) => CheckFailure[],
  note = "",
): CheckFailure[] {
  if (value === undefined || value === null || value === unknown) return [];
  if (typeof value !== "object" || Array.isArray(value)) {
    const names = `${fields.slice(0, -1).join(", ")} and ${fields.at(-1)}`;
    return [{ property, reason: `give an object with ${names}${note}` }];
  }
  return Object.entries(value).flatMap(([field, part]) => {
    if (!fields.includes(field))
      return [{ property: `${property}.${field}`, reason: `there is no such field; give ${fields.join(" or ")}` }];
    return part === undefined || part === null ? [] : checkField(`${property}.${field}`, part);
  });
}
