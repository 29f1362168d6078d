import type { CouchDbConnection } from "../../clients/couchdb/connection";

/** Who may do what in a database, as CouchDB stores it. */
export interface SecurityObject {
  admins?: { names?: string[]; roles?: string[] };
  members?: { names?: string[]; roles?: string[] };
}

/** The arguments of `CouchDbDatabase`, resolved. Their meaning is documented at the resource. */
export interface DatabaseInputs {
  connection: CouchDbConnection;
  name: string;
  q?: number;
  n?: number;
  partitioned?: boolean;
  security?: SecurityObject;
  forceDestroy?: boolean;
}

/** What state keeps of a `CouchDbDatabase`: the arguments, with what the cluster chose where they were silent. */
export interface DatabaseOutputs extends DatabaseInputs {
  q: number;
  n: number;
  partitioned: boolean;
}

/** Databases that belong to the cluster itself: never made otherwise, never deleted. */
export function isSystemDatabase(name: string): boolean {
  return name.startsWith("_");
}
