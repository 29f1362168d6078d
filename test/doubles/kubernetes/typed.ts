import { isObject, type Json, type JsonObject } from "./objects";
import { quantity } from "./quantity";

/** Fields that hold texts under names of the user's own, which stay as they are. */
const TEXT_MAPS = new Set(["annotations", "labels", "nodeSelector", "matchLabels", "data", "binaryData", "parameters"]);

/** Fields that hold quantities under the names of resources, and fields that are one. */
const QUANTITY_MAPS = new Set(["requests", "limits", "capacity", "hard", "overhead"]);
const QUANTITIES = new Set(["sizeLimit", "divisor"]);

/** Booleans of which Kubernetes knows no "not set", so that false is left out. */
const PLAIN_BOOLEANS = new Set([
  "hostIPC",
  "hostNetwork",
  "hostPID",
  "paused",
  "publishNotReadyAddresses",
  "readOnly",
  "stdin",
  "stdinOnce",
  "tty",
]);

/** Numbers of which 0 is left out for the same reason. */
const PLAIN_NUMBERS = new Set([
  "failureThreshold",
  "hostPort",
  "initialDelaySeconds",
  "minReadySeconds",
  "nodePort",
  "periodSeconds",
  "successThreshold",
  "timeoutSeconds",
]);

/** Texts of which the empty one means something other than none. */
const TEXTS_WITH_EMPTY = new Set(["storageClassName", "volumeAttributesClassName"]);

/** A built-in object as it comes back from Kubernetes' own types: empty values left out, quantities canonical. */
export function typed(object: JsonObject): JsonObject {
  const isService = object.kind === "Service";
  return typedObject(object);

  function typedObject(fields: JsonObject): JsonObject {
    const entries = Object.entries(fields).filter(([key, value]) => !isLeftOut(key, value));
    return Object.fromEntries(entries.map(([key, value]) => [key, typedField(key, value)]));
  }

  function typedField(key: string, value: Json): Json {
    if (QUANTITIES.has(key)) return quantity(value);
    if (isObject(value)) {
      if (isTextMap(key)) return value;
      if (!QUANTITY_MAPS.has(key)) return typedObject(value);
      return Object.fromEntries(Object.entries(value).map(([name, amount]) => [name, quantity(amount)]));
    }
    return Array.isArray(value) ? value.map((element) => (isObject(element) ? typedObject(element) : element)) : value;
  }

  function isLeftOut(key: string, value: Json): boolean {
    if (value === "") return !TEXTS_WITH_EMPTY.has(key);
    if (value === false) return PLAIN_BOOLEANS.has(key);
    if (value === 0) return PLAIN_NUMBERS.has(key);
    if (Array.isArray(value)) return value.length === 0;
    const isEmpty = isObject(value) && Object.keys(value).length === 0;
    return isEmpty && (isTextMap(key) || QUANTITY_MAPS.has(key));
  }

  /** What other kinds select by is an object with fields. */
  function isTextMap(key: string): boolean {
    return TEXT_MAPS.has(key) || (isService && key === "selector");
  }
}
