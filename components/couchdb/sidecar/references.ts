import type { V1Container } from "../../clients/kubernetes/client-library";
import { lookedUp } from "./program/configuration";
import { couchDbContainer } from "./program/environment";

/** Names of the objects that the program has to read. */
export interface References {
  secrets: string[];
  configMaps: string[];
}

export const noReferences: References = { secrets: [], configMaps: [] };

/**
 * The Secrets and ConfigMaps that may hold what the program looks up in the environment of CouchDB's container.
 *
 * @param containers as the user gives them; `podProblem` reports what is wrong with them
 */
export function referencesOf(statefulSet: string, containers: unknown): References {
  const container = Array.isArray(containers) ? couchDbContainer(statefulSet, containers as V1Container[]) : undefined;
  const env = container?.env ?? [];
  const wanted = new Set<string>(lookedUp);
  // A value may contain variables that are defined before it.
  for (const { name, value } of env.toReversed())
    if (wanted.has(name)) for (const [, part] of (value ?? "").matchAll(/\$\(([^()]+)\)/g)) wanted.add(part!);
  const variables = env.filter(({ name }) => wanted.has(name)).map(({ valueFrom }) => valueFrom);
  const whole = (container?.envFrom ?? []).filter(({ prefix }) =>
    [...wanted].some((name) => name.startsWith(prefix ?? "")),
  );
  const named = (references: ({ name?: string } | undefined)[]) => references.flatMap((one) => one?.name ?? []);
  return {
    secrets: named([...variables.map((from) => from?.secretKeyRef), ...whole.map((from) => from.secretRef)]),
    configMaps: named([...variables.map((from) => from?.configMapKeyRef), ...whole.map((from) => from.configMapRef)]),
  };
}
