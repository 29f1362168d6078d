import type { CheckFailure } from "../../dynamic/handler";
import { unknown } from "../../dynamic/unknown";
import { validateOptionalInteger } from "../../validation/fields";
import type { PreflightInputs } from "./inputs";

/** What the pods' names, and with them the nodes' names, are made of. */
const partsOfNames = ["statefulSet", "namespace", "headlessService", "clusterDomain"] as const;

/** More than makes sense: a slip of the finger must not be counted out node by node. */
export const mostReplicas = 1000;

/** What can't be done to a cluster, as far as it is known at preview. */
export function validatePreflight(news: PreflightInputs, olds: Partial<PreflightInputs>): CheckFailure[] {
  return [...partsOfNames.flatMap((part) => checkFixed(part, news[part], olds[part])), ...checkReplicas(news)];
}

function checkFixed(property: string, value: unknown, before: unknown): CheckFailure[] {
  const known = (text: unknown) => typeof text === "string" && text !== unknown;
  if (!known(value) || !known(before) || value === before) return [];
  const reason =
    `it was ${before} and can't become ${value}: the nodes are named by it, and the data on the volumes belongs to these ` +
    `names, so a new, empty cluster would come up beside it. Keep ${before}; or declare a second cluster and replicate ` +
    "into it; or, if this one holds nothing that is needed, destroy it first";
  return [{ property, reason }];
}

function checkReplicas({ replicas, nodeNames }: PreflightInputs): CheckFailure[] {
  const failures = validateOptionalInteger("replicas", replicas, 1, mostReplicas);
  const known = typeof replicas === "number" && Array.isArray(nodeNames);
  if (failures.length > 0 || !known || nodeNames.length === replicas) return failures;
  return [
    { property: "nodeNames", reason: `there are ${nodeNames.length} names for ${replicas} nodes; give one each` },
  ];
}
