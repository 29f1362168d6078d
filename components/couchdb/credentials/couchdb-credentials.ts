import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic/resource";
import type { CredentialsInputs, CredentialsOutputs } from "./inputs";

/** What makes new values: each is any text; a change of it has a new value made at the next `up`. */
export interface CouchDbCredentialsKeepersArgs {
  /** Rotates the password and its hash. With a `password` given, only the hash gets a new salt. */
  adminPassword?: pulumi.Input<string>;
  /** Rotates the cookie secret: sessions of users end. */
  cookieSecret?: pulumi.Input<string>;
  /**
   * Rotates the Erlang cookie. Nodes with different cookies do not connect: a running cluster falls apart until every
   * node has been restarted with the new one.
   */
  erlangCookie?: pulumi.Input<string>;
}

/** Arguments of {@link CouchDbCredentials}. What is left out is made, and stays until its keeper changes. */
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
  /** Has values made anew. Default: none ever is. */
  keepers?: pulumi.Input<CouchDbCredentialsKeepersArgs>;
}

/**
 * The administrator of a CouchDB cluster, and what all its nodes must share. Values that are made stay the same
 * through every `up`, refresh and upgrade of this package, until a keeper asks for new ones. All but the name are
 * secrets in state.
 *
 * Each node gets the same ini file, and the Erlang cookie in `COUCHDB_ERLANG_COOKIE` or `vm.args`; `CouchDbMembership` and
 * `CouchDbDatabase` get user and password.
 *
 * @example
 * ```ts
 * const admin = new couch.CouchDbCredentials("admin", { keepers: { password: "2026-11" } });
 *
 * const ini = pulumi.interpolate`[admins]
 * ${admin.username} = ${admin.passwordHash}
 * [chttpd_auth]
 * secret = ${admin.cookieSecret}
 * [couchdb]
 * uuid = ${admin.uuid}
 * `;
 *
 * new couch.CouchDbMembership("orders", { nodes, adminUser: admin.username, adminPassword: admin.password });
 * ```
 */
export class CouchDbCredentials extends DynamicResource<CredentialsInputs, CredentialsOutputs> {
  /** Administrator's name. */
  declare readonly adminUser: pulumi.Output<string>;
  /** Password in plain text, as clients send it. */
  declare readonly adminPassword: pulumi.Output<string>;
  /** The line for `[admins]`, the same for every node: `-pbkdf2:sha256-KEY,SALT,ITERATIONS`. */
  declare readonly adminPasswordHash: pulumi.Output<string>;
  /** `[chttpd_auth] secret`, by which nodes sign session cookies. */
  declare readonly cookieSecret: pulumi.Output<string>;
  /** Erlang cookie, by which nodes take each other for members of one cluster. */
  declare readonly erlangCookie: pulumi.Output<string>;
  /** `[couchdb] uuid` of the cluster. */
  declare readonly uuid: pulumi.Output<string>;

  constructor(name: string, args: CouchDbCredentialsArgs = {}, opts?: pulumi.CustomResourceOptions) {
    const secrets = ["adminPassword", "adminPasswordHash", "cookieSecret", "erlangCookie", "uuid"] as const;
    super(
      { handler: "couchDbCredentials", type: "CouchDbCredentials", outputs: ["adminUser", ...secrets], secrets },
      name,
      args,
      opts,
    );
  }
}
