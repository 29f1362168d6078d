import type { CouchDbConnection } from "../../clients/couchdb/connection";

/** The arguments of `CouchDbPreflight`, resolved. Their meaning is documented at the resource. */
export interface PreflightInputs {
  statefulSet: string;
  namespace: string;
  headlessService: string;
  clusterDomain: string;
  claimTemplate: string;
  replicas: number;
  nodeNames: string[];
  connection: CouchDbConnection;
  timeoutSeconds?: number;
}

/** What state keeps of a `CouchDbPreflight`. */
export interface PreflightOutputs extends PreflightInputs {
  /** How often nodes were struck off the record. */
  removals: number;
}
