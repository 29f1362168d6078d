/** The arguments of `CouchDbCredentials`, resolved. Their meaning is documented at the resource. */
export interface CredentialsInputs {
  adminUser?: string;
  adminPassword?: string;
  erlangCookie?: string;
  cookieSecret?: string;
  uuid?: string;
  hashFunction?: string;
  iterations?: number;
  keepers?: { adminPassword?: string; cookieSecret?: string; erlangCookie?: string };
}

/** What state keeps of `CouchDbCredentials`. */
export interface CredentialsOutputs {
  adminUser: string;
  adminPassword: string;
  adminPasswordHash: string;
  cookieSecret: string;
  erlangCookie: string;
  uuid: string;
  hashFunction: string;
  iterations: number;
  keepers?: CredentialsInputs["keepers"];
}
