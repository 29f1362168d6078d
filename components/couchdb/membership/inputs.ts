import type { ResolvedInputs } from "../../dynamic/inputs";
import type { CouchDbMembershipArgs, CouchDbNodeArgs, RolloutArgs } from "./args";

/** The arguments of `CouchDbMembership`, resolved. */
export type MembershipInputs = ResolvedInputs<CouchDbMembershipArgs>;

/** A declared node, as it reaches the handler. */
export type MembershipNode = ResolvedInputs<CouchDbNodeArgs>;

/** A change of the StatefulSet that runs the nodes, as it reaches the handler. */
export type MembershipRollout = ResolvedInputs<RolloutArgs>;

/** Name and password of an administrator. */
export type Admin = Pick<MembershipInputs, "adminUser" | "adminPassword">;

/** What is found when the cluster is observed. */
export interface MembershipFindings {
  /** Nodes that every node lists as members and is connected to. */
  members: string[];
  /** Nodes declared now or earlier that are in the cluster's record, connected or not: a later run may remove them. */
  recorded: string[];
  uuid: string;
  versions: string[];
  /** What is not as declared. Empty after a successful `up`. */
  drift: string[];
}

/** What state keeps of a `CouchDbMembership`. */
export type MembershipOutputs = MembershipInputs &
  MembershipFindings & {
    /** Administrators that a node may still have instead of the declared one: a change of it was interrupted. */
    formerAdmins?: Admin[];
  };

/** Databases that a finished cluster must have. */
export function systemDatabasesOf(inputs: Pick<MembershipInputs, "globalChanges">): string[] {
  return ["_users", "_replicator", ...(inputs.globalChanges ? ["_global_changes"] : [])];
}
