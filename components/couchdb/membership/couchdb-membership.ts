import * as pulumi from "@pulumi/pulumi";
import type { CouchDbConnection } from "../../clients/couchdb/connection";
import { DynamicResource } from "../../dynamic/resource";
import type { CouchDbMembershipArgs } from "./args";
import type { MembershipInputs, MembershipOutputs } from "./inputs";

/** Several, so that one may be down; not all, so that adding nodes changes nothing that uses the connection. */
const nodesInConnection = 3;

/**
 * Joins running CouchDB nodes into one finished cluster, and verifies it: every node lists every node as recorded and
 * connected, the system databases exist, and every node reports that the cluster is finished.
 *
 * It starts from fresh nodes, half-joined ones and finished clusters; the next run resumes an interrupted one. No data
 * is lost: nodes that hold databases of their own are not joined to others that do. Destroying the resource leaves the
 * cluster as it is.
 *
 * Fails, with cause and remedy, if a node can't be reached, the password is wrong (it is not tried again: five failures
 * lock the account), Erlang cookies differ, a node belongs to another cluster or has another name, or versions don't fit.
 *
 * @example
 * ```ts
 * const cluster = new couch.CouchDbMembership("orders", {
 *   nodes: [{ url: "http://10.0.0.1:5984" }, { url: "http://10.0.0.2:5984" }, { url: "http://10.0.0.3:5984" }],
 *   adminUser: "admin",
 *   adminPassword: config.requireSecret("adminPassword"),
 * });
 * ```
 */
export class CouchDbMembership extends DynamicResource<MembershipInputs, MembershipOutputs> {
  /** Erlang names of the members, sorted. After a refresh: those that every reachable node lists as connected members. */
  declare readonly members: pulumi.Output<string[]>;
  /** Erlang names of the nodes declared now or earlier that are on the cluster's record, connected or not, sorted. */
  declare readonly recorded: pulumi.Output<string[]>;
  /** The cluster's uuid, the same on every node. */
  declare readonly uuid: pulumi.Output<string>;
  /** CouchDB versions that the nodes run, each once. */
  declare readonly versions: pulumi.Output<string[]>;
  /** Differences from what is declared, in words. Empty after a successful `up`; filled by a refresh or a failure. */
  declare readonly drift: pulumi.Output<string[]>;
  /** How to reach the cluster, by its first three nodes; what uses it waits until the cluster is complete. A secret. */
  readonly connection: pulumi.Output<CouchDbConnection>;

  constructor(name: string, args: CouchDbMembershipArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      {
        handler: "couchDbMembership",
        type: "CouchDbMembership",
        outputs: ["members", "recorded", "uuid", "versions", "drift"],
        secrets: ["adminPassword", "adminPasswordHash", "tls", "kubernetes", "formerAdmins"],
      },
      name,
      args,
      opts,
    );
    // The id makes whatever uses the connection wait for this resource, and stays known when nodes are added.
    this.connection = pulumi.secret(
      pulumi
        .all([this.id, args.nodes, args.adminUser, args.adminPassword, args.tls, args.kubernetes])
        .apply(([_, nodes, adminUser, adminPassword, tls, kubernetes]) => {
          const urls = nodes.slice(0, nodesInConnection).map((node) => node.url);
          return { urls, adminUser, adminPassword, ...(tls && { tls }), ...(kubernetes && { kubernetes }) };
        }),
    );
  }
}
