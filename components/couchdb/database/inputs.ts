import type { ResolvedInputs } from "../../dynamic/inputs";
import type { CouchDbDatabaseArgs, CouchDbSecurityArgs } from "./args";

/** Who may do what in a database, as CouchDB stores it. */
export type SecurityObject = ResolvedInputs<CouchDbSecurityArgs>;

/** The arguments of `CouchDbDatabase`, resolved. */
export type DatabaseInputs = ResolvedInputs<CouchDbDatabaseArgs>;

/** What state keeps of a `CouchDbDatabase`: the arguments, with what the cluster chose where they are left out. */
export interface DatabaseOutputs extends DatabaseInputs {
  /** Missing, as the other two, if a creation was interrupted before the database answered. */
  q?: number;
  n?: number;
  partitioned?: boolean;
}

/** Databases that belong to the cluster itself: never created or deleted by this resource. */
export function isSystemDatabase(name: string): boolean {
  return name.startsWith("_");
}
