import { isSecretObject } from "./checkpoint";
import { isObject, type Json, type JsonObject, withoutValueAt } from "./objects";
import { quantity } from "./quantity";
import { holdsUnknowns } from "./values";

/** Set by the API server alone. */
const READ_ONLY_METADATA = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "uid",
];

/**
 * The inputs as the API server writes them, so that what means the same makes no difference: quantities in their
 * canonical form, a Secret's `stringData` as `data`, and without what only the API server sets.
 */
export function normalized(inputs: JsonObject): JsonObject {
  let result = inputs;
  if (!holdsUnknowns(inputs)) result = isSecretObject(inputs) ? normalizedSecret(inputs) : normalizedQuantities(inputs);
  return READ_ONLY_METADATA.reduce((object, key) => withoutValueAt(object, "metadata", key), result);
}

function normalizedSecret(inputs: JsonObject): JsonObject {
  const { stringData, ...others } = inputs;
  const data = isObject(others.data) ? { ...others.data } : {};
  for (const [key, value] of Object.entries(data)) if (typeof value === "string") data[key] = reEncoded(value);
  if (!isObject(stringData) || Object.keys(stringData).length === 0)
    return others.data === undefined ? inputs : { ...inputs, data };
  for (const [key, value] of Object.entries(stringData)) data[key] = Buffer.from(String(value)).toString("base64");
  return { ...others, data };
}

/** The API server decodes and encodes again, which drops line breaks; what is no base64 it shall see and refuse. */
function reEncoded(base64: string): string {
  const compact = base64.replace(/[\r\n]/g, "");
  const again = Buffer.from(compact, "base64").toString("base64");
  return again === compact ? again : base64;
}

/** Where Kubernetes holds maps of quantities, and single ones. */
const QUANTITY_MAPS = new Set(["requests", "limits", "capacity", "hard", "overhead"]);
const QUANTITIES = new Set(["sizeLimit", "divisor"]);

function normalizedQuantities(inputs: JsonObject): JsonObject {
  const { apiVersion } = inputs;
  // Only the built-in groups have names without a dot, or below k8s.io.
  const group = typeof apiVersion === "string" && apiVersion.includes("/") ? apiVersion.split("/")[0]! : "";
  if (group.includes(".") && !group.endsWith(".k8s.io")) return inputs;
  return walk(inputs) as JsonObject;
}

function walk(value: Json): Json {
  if (Array.isArray(value)) return value.map(walk);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (QUANTITY_MAPS.has(key) && isObject(inner))
        return [key, Object.fromEntries(Object.entries(inner).map(([name, amount]) => [name, quantity(amount)]))];
      return [key, QUANTITIES.has(key) ? quantity(inner) : walk(inner)];
    }),
  );
}
