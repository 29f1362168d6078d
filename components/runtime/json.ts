import type { V1ObjectMeta } from "../clients/kubernetes/client-library";

/**
 * A type of the Kubernetes client library as it is on the wire: the library turns times into `Date`, JSON has them as
 * text. Programs read JSON, and take no more of the library than its types.
 */
export type Json<T> = T extends Date ? string : T extends object ? { [K in keyof T]: Json<T[K]> } : T;

/** Metadata of an object that the API server stores: the fields that each of them has. */
export type StoredMetadata = Json<V1ObjectMeta> & {
  name: string;
  uid: string;
  resourceVersion: string;
  creationTimestamp: string;
};

/** An object of a namespace, as the API server answers it. */
export type Stored<T> = Omit<Json<T>, "metadata"> & { metadata: StoredMetadata & { namespace: string } };

/** A list of objects, as the API server answers it. */
export interface StoredList<T> {
  /** The version from which a watch continues. */
  metadata: { resourceVersion: string };
  /** An empty list may lack them. */
  items?: Stored<T>[];
}

/** Whether a value is an object, and no list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
