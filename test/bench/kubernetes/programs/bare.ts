/** Kubernetes resources as given, without components and without work of our own. */
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** A resource by the last parts of its type, `core`, `v1` and `Service`, under a name. */
export interface Bare {
  type: [group: string, version: string, kind: string];
  name: string;
  args: object;
}

type ResourceClass = new (name: string, args: object) => pulumi.CustomResource;

export function declare({ resources }: { resources: Bare[] }) {
  const groups = kubernetes as unknown as Record<string, Record<string, Record<string, ResourceClass>>>;
  for (const { type, name, args } of resources) {
    const [group, version, kind] = type;
    new groups[group]![version]![kind]!(name, args);
  }
}
