import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic/resource";
import type { CouchDbConnectionArgs } from "../membership/couchdb-membership";
import type { DatabaseInputs, DatabaseOutputs } from "./inputs";

/** Names of users and roles. */
export interface CouchDbSecurityGroupArgs {
  /** User names. Default: none. */
  names?: pulumi.Input<pulumi.Input<string>[]>;
  /** Roles. Default: none. */
  roles?: pulumi.Input<pulumi.Input<string>[]>;
}

/** Who may do what in a database. Server administrators may do all, everywhere. */
export interface CouchDbSecurityArgs {
  /** May change design documents and this object. Default: nobody besides server administrators. */
  admins?: pulumi.Input<CouchDbSecurityGroupArgs>;
  /** May read, and write documents. Default, and with both lists empty: everybody, without logging in. */
  members?: pulumi.Input<CouchDbSecurityGroupArgs>;
}

/** Arguments of {@link CouchDbDatabase}. */
export interface CouchDbDatabaseArgs {
  /** The cluster: `connection` of a `CouchDbMembership`, or URLs, user and password. State holds it encrypted. */
  connection: pulumi.Input<CouchDbConnectionArgs>;
  /**
   * Name, at most 238 characters: lower-case letters, digits and `_ $ ( ) + - /`, beginning with a letter. Or a system
   * database (`_users`, `_replicator`, `_global_changes`), which is never made or deleted here, but can be secured;
   * `_users` only where the nodes have `[couchdb] users_db_security_editable = true`.
   */
  name: pulumi.Input<string>;
  /** Number of shards, 1 to 1024; fixed for good. Default: the cluster's `[cluster] q`, as a rule 2. */
  q?: pulumi.Input<number>;
  /** Copies of each shard, 1 to 100; fixed for good. More than there are nodes: one on each. Default: the cluster's `[cluster] n`, as a rule 3. */
  n?: pulumi.Input<number>;
  /** Whether documents are grouped by a partition key in their id; fixed for good. Default: false. */
  partitioned?: pulumi.Input<boolean>;
  /** Who may do what. Default: left as CouchDB makes it, for server administrators only. */
  security?: pulumi.Input<CouchDbSecurityArgs>;
  /**
   * Whether the database may be deleted, or made anew empty, while it holds documents. Default: false: an operation
   * that would is refused.
   */
  forceDestroy?: pulumi.Input<boolean>;
}

/**
 * A database in a CouchDB cluster. One of that name that exists already is taken over if it is made alike.
 *
 * Destroying it deletes the database, but not while it holds documents, unless `forceDestroy` is set. To have Pulumi
 * forget it and leave it in place, set the resource option `retainOnDelete: true`.
 *
 * Fails if the name is not one CouchDB takes, if it exists with another `q`, `n` or `partitioned`, or if these are
 * changed later.
 *
 * @example
 * ```ts
 * new couch.CouchDbDatabase("orders", { connection: cluster.connection, name: "orders", q: 4, security: { members: { roles: ["clerk"] } } });
 * ```
 */
export class CouchDbDatabase extends DynamicResource<DatabaseInputs, DatabaseOutputs> {
  /** Its name. */
  declare readonly name: pulumi.Output<string>;
  /** Number of shards. */
  declare readonly q: pulumi.Output<number>;
  /** Copies of each shard that CouchDB was asked for. */
  declare readonly n: pulumi.Output<number>;
  /** Whether it is partitioned. */
  declare readonly partitioned: pulumi.Output<boolean>;

  constructor(name: string, args: CouchDbDatabaseArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      {
        handler: "couchDbDatabase",
        type: "CouchDbDatabase",
        outputs: ["name", "q", "n", "partitioned"],
        secrets: ["connection"],
      },
      name,
      args,
      opts,
    );
  }
}
