/** Values that the recorder shortened; the README of the recordings says how. */

/** A secret, and one that must be the same as that read before. */
export const SECRET = "<32 hex>";
export const SAME_SECRET = "<32 hex, same as node1>";

/** Whether this is such a value. */
export function isShortened(value: unknown): boolean {
  if (value !== null && typeof value === "object")
    return Object.keys(value).some((name) => /^<.* (names only|keys)>$/.test(name));
  return typeof value === "string" && /^<32 hex.*>$|^<javascript>$|^-pbkdf2:.*…$/.test(value);
}

/** What the whole text must look like. */
export function shortForm(text: string): RegExp {
  if (text.startsWith("<32 hex")) return /^[0-9a-f]{32}$/;
  return text === "<javascript>" ? /^function/ : /^-pbkdf2:sha256-[0-9a-f]/;
}
