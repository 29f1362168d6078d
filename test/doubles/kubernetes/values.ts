import { isObject, type Json, type JsonObject } from "./objects";

/** Key and value by which Pulumi's wire format marks an object that stands for a secret. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** The texts that stand for a value which is not known before `up`: one for each type of value. */
const UNKNOWNS = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

export function isUnknown(value: Json | undefined): boolean {
  return typeof value === "string" && UNKNOWNS.has(value);
}

export function isSecret(value: Json | undefined): value is JsonObject {
  return isObject(value) && value[SIGNATURE] === SECRET;
}

export function secret(value: Json): Json {
  return isSecret(value) ? value : { [SIGNATURE]: SECRET, value };
}

/** Whether the value or anything in it has the property. */
function some(value: Json, has: (value: Json) => boolean): boolean {
  if (has(value)) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some((inner) => some(inner, has));
}

export const holdsUnknowns = (value: Json) => some(value, isUnknown);
export const holdsSecrets = (value: Json) => some(value, isSecret);

/** The object as Kubernetes takes it: secrets in the clear, and no keys that hold null. */
export function plain(object: JsonObject): JsonObject {
  return plainValue(object) as JsonObject;
}

function plainValue(value: Json): Json {
  if (isSecret(value)) return plainValue(value.value ?? null);
  if (Array.isArray(value)) return value.map(plainValue);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([key, inner]) => [key, plainValue(inner)]),
  );
}

/**
 * A copy of `to` in which is secret what was secret in `from`. Objects are gone through key by key; of an array that
 * holds a secret all is secret, since the API server may reorder it. A Secret's data is always secret.
 */
export function withSecretsOf(from: JsonObject | undefined, to: JsonObject): JsonObject {
  const marked = { ...to };
  if (to.kind === "Secret") {
    for (const key of ["data", "stringData"]) if (to[key] !== undefined) marked[key] = secret(to[key]);
    return marked;
  }
  for (const [key, source] of Object.entries(from ?? {})) {
    const target = to[key];
    if (target === undefined) continue;
    if (isObject(source) && isObject(target) && !isSecret(source)) marked[key] = withSecretsOf(source, target);
    else if (holdsSecrets(source)) marked[key] = secret(target);
  }
  return marked;
}
