import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { derived } from "../validation/arguments";

type ObjectMeta = kubernetes.types.input.meta.v1.ObjectMeta;

/**
 * Resource options of an object that Pulumi replaces when its content changes: a protected component (`protect`) must
 * still take changes. Other protected objects refer to this one, so it can't be deleted alone.
 */
export const replaceable = { protect: false } as const;

/** Annotation of an object that the Kubernetes provider does not wait for, because another resource waits and sees more. */
export const unawaited = { "pulumi.com/skipAwait": "true" };

/** Annotation of an object whose name must be free for the next `up` at once, while its pods still stop. */
export const deletedAtOnce = { "pulumi.com/deletionPropagationPolicy": "background" };

/**
 * Annotation of the object that a component creates first, and that all its others wait for. Where another stack has an
 * object of that name, the API server rejects this one as a conflict, before the two stacks share objects that the
 * `destroy` of one would take from both.
 */
function ownedByStack(): Record<string, string> {
  return { "pulumi-couch/stack": `${pulumi.getProject()}/${pulumi.getStack()}` };
}

/**
 * Annotation of all other objects of a component: the same field manager in every `up`. Otherwise Pulumi takes another
 * name at each creation, and what a killed `up` had created but not recorded would count as another owner's: a conflict
 * wherever the API server has completed a field or the program has changed one. The prefix is that of Pulumi's own
 * names, by which it recognizes them.
 */
function managedAs(component: string): Record<string, string> {
  return { "pulumi.com/patchFieldManager": `pulumi-kubernetes/${component}` };
}

/** Annotations, if there are any. */
export type Annotations = pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;

/** All annotations in one map. The last one of a key counts. */
export function annotationsOf(...some: Annotations[]): pulumi.Input<Record<string, string> | undefined> {
  return derived(some, (all) => {
    const merged: Record<string, string> = Object.assign({}, ...all);
    // The API server drops an empty map, which would be a change in every `up`.
    return Object.keys(merged).length > 0 ? merged : undefined;
  });
}

/** What the objects of one component have in common. */
export interface Conventions {
  /** Class of the component, which manages the objects' fields. */
  component: string;
  /** Namespace of the objects. Default: the Kubernetes provider's. */
  namespace?: pulumi.Input<string>;
  /** Labels of every object. */
  labels: pulumi.Input<Record<string, string>>;
  /** Annotations of every object, besides those that say who owns and manages it. */
  annotations: Annotations;
}

/** Makes the metadata of a component's objects. */
export class ObjectMetadata {
  constructor(private readonly conventions: Conventions) {}

  /** Of the object that is created first; it names the owner. All others take their namespace from it: see `in`. */
  first(name: pulumi.Input<string>, ...annotations: Annotations[]): ObjectMeta {
    return this.object(name, ...annotations, ownedByStack());
  }

  /** Of every other object; without a name where Pulumi gives one. */
  of(name: pulumi.Input<string> | undefined, ...annotations: Annotations[]): ObjectMeta {
    return this.object(name, managedAs(this.conventions.component), ...annotations);
  }

  /** Of pods, which their controller names and manages. */
  ofPods(...annotations: Annotations[]): ObjectMeta {
    const { labels, annotations: common } = this.conventions;
    return { labels, annotations: annotationsOf(common, ...annotations) };
  }

  /** The same for objects in a namespace, or outside of all. */
  in(namespace: pulumi.Input<string> | undefined): ObjectMetadata {
    return new ObjectMetadata({ ...this.conventions, namespace });
  }

  private object(name: pulumi.Input<string> | undefined, ...annotations: Annotations[]): ObjectMeta {
    const { namespace, labels, annotations: common } = this.conventions;
    return { name, namespace, labels, annotations: annotationsOf(common, ...annotations) };
  }
}
