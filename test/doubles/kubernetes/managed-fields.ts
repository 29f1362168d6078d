import type { Cluster } from "./apply";
import { pathOf } from "./discovery";
import { isObject, type Json, type JsonObject, nameOf, namespaceOf, objectsAt, textAt } from "./objects";

/** Whoever wrote the fields of an entry of `managedFields` is taken to have done so for the one who applies now. */
const PREDECESSORS: readonly { prefix: string; operation: string }[] = [
  { prefix: "kubectl", operation: "Apply" },
  { prefix: "kubectl", operation: "Update" },
  { prefix: "before-first-apply", operation: "Update" },
  { prefix: "pulumi-kubernetes", operation: "Update" },
  { prefix: "pulumi-resource-kubernetes", operation: "Update" },
];

/**
 * Gives the fields that were set when the object was created to the manager that applies from now on: to the API server
 * who creates and who applies are two, even of one name, and what the one leaves out or changes would stay the other's.
 */
export async function takeOver({ server, discovery }: Cluster, live: JsonObject, manager: string): Promise<JsonObject> {
  const entries = objectsAt(live, "metadata", "managedFields");
  const value = withFieldsOfPredecessors(entries, manager);
  if (value.length === entries.length && value.every((entry, index) => entry === entries[index])) return live;
  return server.ask({
    method: "PATCH",
    path: pathOf(await discovery.kindOf(live), namespaceOf(live), nameOf(live)),
    contentType: "application/json-patch+json",
    body: [{ op: "replace", path: "/metadata/managedFields", value }],
  });
}

/** Whether a dry run, before which nothing is taken over, would meet fields that an update takes over. */
export function isCreatedByPulumi(live: JsonObject): boolean {
  return objectsAt(live, "metadata", "managedFields").some(
    (entry) => entry.operation === "Update" && textAt(entry, "manager").startsWith("pulumi-kubernetes"),
  );
}

/** The entries of `managedFields` with those of predecessors merged into the one of `manager`. */
export function withFieldsOfPredecessors(entries: JsonObject[], manager: string): JsonObject[] {
  const isOwn = (entry: JsonObject) => entry.manager === manager && entry.operation === "Apply";
  const taken = entries.filter((entry) => !isOwn(entry) && isPredecessor(entry));
  if (taken.length === 0) return entries;
  const own = entries.find(isOwn) ?? { ...(taken[0] as JsonObject), manager, operation: "Apply" };
  const fieldsV1 = taken.reduce<Json>((fields, entry) => merged(fields, entry.fieldsV1 ?? {}), own.fieldsV1 ?? {});
  return [...entries.filter((entry) => !isOwn(entry) && !taken.includes(entry)), { ...own, fieldsV1 }];
}

function isPredecessor(entry: JsonObject): boolean {
  if (textAt(entry, "subresource")) return false;
  const name = textAt(entry, "manager");
  return PREDECESSORS.some(({ prefix, operation }) => entry.operation === operation && name.startsWith(prefix));
}

function merged(one: Json, other: Json): Json {
  if (!isObject(one) || !isObject(other)) return one;
  const both = { ...one };
  for (const [key, value] of Object.entries(other)) both[key] = key in both ? merged(both[key] ?? {}, value) : value;
  return both;
}
