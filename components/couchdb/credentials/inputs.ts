/** The arguments of `AdminCredentials`, resolved. Their meaning is documented at the resource. */
export interface CredentialsInputs {
  username?: string;
  password?: string;
  erlangCookie?: string;
  cookieSecret?: string;
  uuid?: string;
  hashFunction?: string;
  iterations?: number;
  keepers?: { password?: string; cookieSecret?: string; erlangCookie?: string };
}

/** What state keeps of `AdminCredentials`. */
export interface CredentialsOutputs {
  username: string;
  password: string;
  passwordHash: string;
  cookieSecret: string;
  erlangCookie: string;
  uuid: string;
  hashFunction: string;
  iterations: number;
  keepers?: CredentialsInputs["keepers"];
}
