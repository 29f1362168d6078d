import type * as pulumi from "@pulumi/pulumi";

/** What makes new values: each is any text; when it changes, the next `up` makes a new value. */
export interface CouchDbCredentialsKeepersArgs {
  /** Rotates the password and its hash. With `adminPassword` given, only the hash gets a new salt. Default: never. */
  adminPassword?: pulumi.Input<string>;
  /** Rotates the cookie secret: sessions of users end. Default: never. */
  cookieSecret?: pulumi.Input<string>;
  /**
   * Rotates the Erlang cookie. Nodes with different cookies do not connect: a running cluster falls apart until every
   * node has been restarted with the new one. Default: never.
   */
  erlangCookie?: pulumi.Input<string>;
}

/** Arguments of {@link CouchDbCredentials}. What is left out is generated, and stays until its keeper changes. */
export interface CouchDbCredentialsArgs {
  /** Administrator's name. Default: `admin`. Without white space and `: = ; [ ]`. */
  adminUser?: pulumi.Input<string>;
  /**
   * Password to use. Without control characters or white space at its ends, and not a hash (`-pbkdf2…`, `-hashed-…`).
   * Default: 32 random letters and digits.
   */
  adminPassword?: pulumi.Input<string>;
  /** Erlang cookie of an existing cluster. 1 to 255 of letters, digits, `_ @ . -`. Default: 64 random hexadecimal digits. */
  erlangCookie?: pulumi.Input<string>;
  /**
   * `[chttpd_auth] secret` of an existing cluster, at least 16 ASCII characters without white space, the first no
   * semicolon. Default: 64 random hexadecimal digits.
   */
  cookieSecret?: pulumi.Input<string>;
  /** uuid of an existing cluster: 32 hexadecimal digits in lower case. Default: random. Replication checkpoints depend on it. */
  uuid?: pulumi.Input<string>;
  /** How the password is hashed, one of `PasswordHashFunction`. Default: `sha256`, which needs CouchDB 3.4 or newer. */
  hashFunction?: pulumi.Input<string>;
  /** Rounds of PBKDF2, 1 to 10,000,000. Default: 600,000, as CouchDB 3.5; about 0.2 s at a node's first log-in. */
  iterations?: pulumi.Input<number>;
  /** Generates new values where a keeper changes. Default: values never change. */
  keepers?: pulumi.Input<CouchDbCredentialsKeepersArgs>;
}
