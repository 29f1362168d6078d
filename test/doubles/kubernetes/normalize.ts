import { isSecretObject } from "./checkpoint";
import { apiVersionOf, isObject, type JsonObject, withoutValueAt } from "./objects";
import { typed } from "./typed";
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
 * The inputs as the API server writes them, so that what means the same makes no difference: in the form that
 * Kubernetes' types give them, a Secret's `stringData` as `data`, and without what only the API server sets.
 */
export function normalized(inputs: JsonObject): JsonObject {
  let result = inputs;
  if (!holdsUnknowns(inputs))
    result = isSecretObject(inputs) ? normalizedSecret(inputs) : isBuiltIn(inputs) ? typed(inputs) : inputs;
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

/** The API server decodes and encodes again, which drops line breaks; it is to see and refuse invalid base64 itself. */
function reEncoded(base64: string): string {
  const compact = base64.replace(/[\r\n]/g, "");
  const again = Buffer.from(compact, "base64").toString("base64");
  return again === compact ? again : base64;
}

/** Groups of custom resources have names of their owners' domains. */
function isBuiltIn(inputs: JsonObject): boolean {
  const [group = "", version] = apiVersionOf(inputs).split("/");
  return version === undefined || !group.includes(".") || group.endsWith(".k8s.io");
}
