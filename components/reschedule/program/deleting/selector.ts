import type { V1LabelSelector, V1LabelSelectorRequirement } from "../../../clients/kubernetes/client-library";

/** A workload's selector as the API server takes it in a query. */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: V1LabelSelector): string {
  const pairs = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  return [...pairs, ...matchExpressions.map(expressionText)].join(",");
}

function expressionText({ key, operator, values = [] }: V1LabelSelectorRequirement): string {
  switch (operator) {
    case "Exists":
      return key;
    case "DoesNotExist":
      return `!${key}`;
    default: // In, NotIn
      return `${key} ${operator.toLowerCase()} (${values.join(",")})`;
  }
}
