import { NoMatchError } from "./api-error";
import type { Cluster } from "./apply";
import type { Configuration } from "./configuration";
import { uniqueName } from "./identity";
import { annotationOf, type JsonObject } from "./objects";

export type Severity = "debug" | "info" | "warning" | "error";
export type Log = (severity: Severity, urn: string, message: string, isStatus?: boolean) => void;

/** What all operations of a configured provider share. */
export class Session {
  constructor(
    readonly configuration: Configuration,
    readonly log: Log,
    /** Fires when the user interrupts the engine. */
    readonly signal: AbortSignal,
  ) {}

  /** @throws where the cluster did not answer when the provider was configured. */
  reachable(): Cluster {
    const { cluster, unreachable } = this.configuration;
    if (!cluster) throw new Error(`configured Kubernetes cluster is unreachable: ${unreachable}`);
    return cluster;
  }

  /** Whether the API server can be asked what it would make of the object. */
  async isServed(object: JsonObject): Promise<boolean> {
    return (await this.configuration.cluster?.discovery.serves(object)) ?? false;
  }

  /** Where nothing is known of the kind, it is taken to be namespaced, as most are. */
  async isNamespaced(object: JsonObject): Promise<boolean> {
    try {
      return (await this.configuration.cluster?.discovery.kindOf(object))?.namespaced ?? true;
    } catch (error) {
      if (error instanceof NoMatchError) return true;
      throw error;
    }
  }
}

/** Each object has a manager of its own, so that what two stacks both set is a conflict. */
export function fieldManagerOf(inputs: JsonObject, former: string): string {
  const annotated = annotationOf(inputs, "pulumi.com/patchFieldManager");
  return annotated || former || uniqueName("pulumi-kubernetes-", new Uint8Array());
}

/** The seconds that the resource's options or an annotation give. */
export function timeoutOf(requested: number, inputs: JsonObject): number | undefined {
  return requested || Number.parseInt(annotationOf(inputs, "pulumi.com/timeoutSeconds"), 10) || undefined;
}
