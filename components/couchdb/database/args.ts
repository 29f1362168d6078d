import type * as pulumi from "@pulumi/pulumi";
import type { CouchDbConnectionArgs } from "../../clients/couchdb/connection";

/** Names of users and roles. */
export interface CouchDbSecurityGroupArgs {
  /** User names. Default: none. */
  names?: pulumi.Input<pulumi.Input<string>[]>;
  /** Roles. Default: none. */
  roles?: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * Who may do what in a database. Server administrators may do everything, everywhere.
 * https://docs.couchdb.org/en/stable/api/database/security.html
 */
export interface CouchDbSecurityArgs {
  /** May change design documents and this object. Default: server administrators only. */
  admins?: pulumi.Input<CouchDbSecurityGroupArgs>;
  /** May read, and write documents. Default, and with both lists empty: everybody, without logging in. */
  members?: pulumi.Input<CouchDbSecurityGroupArgs>;
}

/** Arguments of {@link CouchDbDatabase}. */
export interface CouchDbDatabaseArgs {
  /** The cluster: `connection` of a `CouchDbMembership`, or URLs, administrator and password. State holds it encrypted. */
  connection: pulumi.Input<CouchDbConnectionArgs>;
  /**
   * Name, at most 238 characters: lower-case letters, digits and `_ $ ( ) + - /`, beginning with a letter. Or a system
   * database (`_users`, `_replicator`, `_global_changes`), which is never created or deleted here, but can be secured;
   * `_users` only where the nodes have `[couchdb] users_db_security_editable = true`.
   */
  name: pulumi.Input<string>;
  /** Number of shards, 1 to 1024; fixed for good. Default: the cluster's `[cluster] q`, usually 2. */
  q?: pulumi.Input<number>;
  /** Copies of each shard, 1 to 100; fixed for good. If there are fewer nodes: one on each. Default: the cluster's `[cluster] n`, usually 3. */
  n?: pulumi.Input<number>;
  /** Whether documents are grouped by a partition key in their id; fixed for good. Default: false. */
  partitioned?: pulumi.Input<boolean>;
  /** Who may do what. Default: CouchDB's own, server administrators only. */
  security?: pulumi.Input<CouchDbSecurityArgs>;
  /**
   * Whether the database may be deleted, or replaced by an empty one, while it holds documents. Default: false: such an
   * operation fails.
   */
  forceDestroy?: pulumi.Input<boolean>;
}
