import type { ResolvedInputs } from "../../dynamic/inputs";
import type { CouchDbCredentialsArgs } from "./args";

/** The arguments of `CouchDbCredentials`, resolved. */
export type CredentialsInputs = ResolvedInputs<CouchDbCredentialsArgs>;

/** What state keeps of `CouchDbCredentials`: the arguments, with what was generated where they are left out. */
export type CredentialsOutputs = Required<Omit<CredentialsInputs, "keepers">> &
  Pick<CredentialsInputs, "keepers"> & {
    /** The line for `[admins]`. */
    adminPasswordHash: string;
  };
