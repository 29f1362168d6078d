import type { ResolvedInputs } from "../../dynamic/inputs";
import type { CouchDbPreflightArgs } from "./args";

/** The arguments of `CouchDbPreflight`, resolved. */
export type PreflightInputs = ResolvedInputs<CouchDbPreflightArgs>;

/** What state keeps of a `CouchDbPreflight`. */
export interface PreflightOutputs extends PreflightInputs {
  /** How often nodes were removed from the cluster's record. */
  removals: number;
}
