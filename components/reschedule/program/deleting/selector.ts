/** Which pods are a workload's, as it says itself. */
export interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

/** A selector as the API server takes it in a query. */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: Selector): string {
  const pairs = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  return [...pairs, ...matchExpressions.map(expressionText)].join(",");
}

function expressionText({ key, operator, values = [] }: { key: string; operator: string; values?: string[] }): string {
  switch (operator) {
    case "Exists":
      return key;
    case "DoesNotExist":
      return `!${key}`;
    default: // In, NotIn
      return `${key} ${operator.toLowerCase()} (${values.join(",")})`;
  }
}
