import { validateConnection } from "../../clients/couchdb/validate-connection";
import type { CheckFailure } from "../../dynamic/handler";
import { unknown } from "../../dynamic/unknown";
import { optional, validateFields } from "../../validation/fields";
import { integerProblem, timeoutProblem } from "../../validation/validators";
import type { PreflightInputs } from "./inputs";

/** The parts of the pods' names, and so of the nodes' names. */
const partsOfNames = ["statefulSet", "namespace", "headlessService", "clusterDomain"] as const;

/** More than makes sense: a typing error must not be worked through node by node. */
export const mostReplicas = 1000;

/** Validates what is declared of a cluster's pods, as far as it is known at preview. */
export function validatePreflight(news: PreflightInputs, olds: Partial<PreflightInputs>): CheckFailure[] {
  return [
    ...partsOfNames.flatMap((part) => validateFixed(part, news[part], olds[part])),
    ...validateReplicas(news),
    ...validateFields(news, { connection: validateConnection, timeoutSeconds: optional(timeoutProblem) }),
  ];
}

function validateFixed(property: string, value: unknown, before: unknown): CheckFailure[] {
  const known = (text: unknown) => typeof text === "string" && text !== unknown;
  if (!known(value) || !known(before) || value === before) return [];
  const reason =
    `it was ${before} and can't become ${value}: the nodes are named by it, and the data on the volumes belongs to these ` +
    `names, so a new, empty cluster would come up beside it. Keep ${before}; or declare a second cluster and replicate ` +
    "into it; or, if this one holds nothing that is needed, destroy it first";
  return [{ property, reason }];
}

function validateReplicas(inputs: PreflightInputs): CheckFailure[] {
  const { replicas, nodeNames } = inputs;
  const failures = validateFields(inputs, { replicas: optional(integerProblem(1, mostReplicas)) });
  const known = typeof replicas === "number" && Array.isArray(nodeNames);
  if (failures.length > 0 || !known || nodeNames.length === replicas) return failures;
  return [
    { property: "nodeNames", reason: `there are ${nodeNames.length} names for ${replicas} nodes; give one each` },
  ];
}
