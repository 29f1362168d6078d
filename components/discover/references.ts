import { lookedUp } from "./program/configuration";
import { couchDbContainer } from "./program/environment";
import type { StatefulSet } from "./program/kubernetes";

/** A pod spec, as far as it is looked at. */
export type ReferringPod = StatefulSet["spec"]["template"]["spec"];

/** Names of the objects that the program has to read. */
export interface References {
  secrets: string[];
  configMaps: string[];
}

/** The Secrets and ConfigMaps that hold what the program looks up in the environment of CouchDB's container, and no others. */
export function referencesOf(statefulSet: string, podSpec: ReferringPod): References {
  const { env = [], envFrom = [] } = couchDbContainer(statefulSet, podSpec.containers ?? []) ?? {};
  const wanted = new Set<string>(lookedUp);
  // A value may be made of variables that stand before it.
  for (const { name, value = "" } of env.toReversed())
    if (wanted.has(name)) for (const [, part] of value.matchAll(/\$\(([^()]+)\)/g)) wanted.add(part!);
  const sources = env.filter(({ name }) => wanted.has(name)).map(({ valueFrom }) => valueFrom);
  const named = (references: ({ name: string } | undefined)[]) => references.flatMap((one) => one?.name ?? []);
  return {
    secrets: named([...sources.map((from) => from?.secretKeyRef), ...envFrom.map(({ secretRef }) => secretRef)]),
    configMaps: named([
      ...sources.map((from) => from?.configMapKeyRef),
      ...envFrom.map(({ configMapRef }) => configMapRef),
    ]),
  };
}
