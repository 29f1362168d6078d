import type { Tls } from "../../clients/connection";

/** A declared node, as it reaches the handler. */
export interface MembershipNode {
  url: string;
  name?: string;
}

/** The arguments of `Membership`, resolved. Their meaning is documented at the resource. */
export interface MembershipInputs {
  nodes: MembershipNode[];
  adminUser: string;
  adminPassword: string;
  tls?: Tls;
  globalChanges?: boolean;
  bindAddress?: string;
  timeoutSeconds?: number;
}

/** What a look at the cluster yields. */
export interface MembershipFindings {
  /** Nodes that every node lists as members and is connected to. */
  members: string[];
  /** Nodes declared now or earlier that are on the cluster's record, connected or not: a later run may remove them. */
  recorded: string[];
  uuid: string;
  versions: string[];
  /** What is not as declared. Empty after a successful `up`. */
  drift: string[];
}

/** What state keeps of a `Membership`. */
export type MembershipOutputs = MembershipInputs & MembershipFindings;

/** Databases without which a cluster does not count as finished. */
export function systemDatabasesOf(inputs: Pick<MembershipInputs, "globalChanges">): string[] {
  return ["_users", "_replicator", ...(inputs.globalChanges ? ["_global_changes"] : [])];
}
