import type { Connection } from "../../clients/connection";

/** The arguments of `Preflight`, resolved. Their meaning is documented at the resource. */
export interface PreflightInputs {
  statefulSet: string;
  namespace: string;
  headlessService: string;
  clusterDomain: string;
  claimTemplate: string;
  replicas: number;
  nodeNames: string[];
  connection: Connection;
  timeoutSeconds?: number;
}

/** What state keeps of a `Preflight`. */
export interface PreflightOutputs extends PreflightInputs {
  /** How often nodes were struck off the record. */
  removals: number;
}
