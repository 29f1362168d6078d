import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic/resource";
import type { CouchDbDatabaseArgs } from "./args";
import type { DatabaseInputs, DatabaseOutputs } from "./inputs";

/**
 * A database in a CouchDB cluster. One of that name that exists already is taken over if it was created with the same
 * settings.
 *
 * Destroying it deletes the database, but not while it holds documents, unless `forceDestroy` is set. To have Pulumi
 * forget it and leave it in place, set the resource option `retainOnDelete: true`.
 *
 * Fails if CouchDB does not accept the name, if the database exists with another `q`, `n` or `partitioned`, or if these
 * are changed later.
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
