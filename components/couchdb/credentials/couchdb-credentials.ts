import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic/resource";
import type { CouchDbCredentialsArgs } from "./args";
import type { CredentialsInputs, CredentialsOutputs } from "./inputs";

/**
 * The administrator of a CouchDB cluster, and what all its nodes must share. Generated values stay the same through
 * every `up`, refresh and upgrade of this package, until a keeper changes. All but the name are secrets in state.
 *
 * Each node gets the same ini file, and the Erlang cookie in `COUCHDB_ERLANG_COOKIE` or `vm.args`; `CouchDbMembership` and
 * `CouchDbDatabase` get user and password.
 *
 * @example
 * ```ts
 * const admin = new couch.CouchDbCredentials("admin", { keepers: { adminPassword: "2026-11" } });
 *
 * const ini = pulumi.interpolate`[admins]
 * ${admin.adminUser} = ${admin.adminPasswordHash}
 * [chttpd_auth]
 * secret = ${admin.cookieSecret}
 * [couchdb]
 * uuid = ${admin.uuid}
 * `;
 *
 * new couch.CouchDbMembership("orders", { nodes, adminUser: admin.adminUser, adminPassword: admin.adminPassword });
 * ```
 */
export class CouchDbCredentials extends DynamicResource<CredentialsInputs, CredentialsOutputs> {
  /** Administrator's name. */
  declare readonly adminUser: pulumi.Output<string>;
  /** Password in plain text, as clients send it. A secret. */
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
