/** What state forgets, as if `up` had been killed before it recorded it. */
import type { StateResource, TestStack } from "../engine/stack";

/** All objects but the ConfigMaps, which have another name each time they are made. */
export const isObject = ({ type }: StateResource) => type.startsWith("kubernetes:") && !type.endsWith(":ConfigMap");

/** Objects of one kind. */
export const ofKind = (kind: string) => (resource: StateResource) =>
  isObject(resource) && resource.type.endsWith(`:${kind}`);

/** As the README says for stacks on Kubernetes. */
export function takeOver({ stack }: TestStack): Promise<void> {
  return stack.setConfig("kubernetes:upsertExistingObjects", { value: "true" });
}
