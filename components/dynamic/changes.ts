import { isDeepStrictEqual } from "node:util";

/**
 * The fields in which new inputs differ from what state has. One that is null or left out is the same as one that is
 * not there.
 *
 * @param normalize brings a value into the one spelling in which it is compared
 */
export function changedFields<Field extends string>(
  olds: { readonly [field in Field]?: unknown },
  news: { readonly [field in Field]?: unknown },
  fields: readonly Field[],
  normalize: (value: unknown, field: Field) => unknown = (value) => value,
): Field[] {
  const comparable = (value: unknown, field: Field) => normalize(value ?? undefined, field);
  return fields.filter((field) => !isDeepStrictEqual(comparable(olds[field], field), comparable(news[field], field)));
}
