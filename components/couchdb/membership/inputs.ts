import type { Tls } from "../../clients/couchdb/connection";
import type { KubernetesAccess } from "../../clients/kubernetes/access";

/** A declared node, as it reaches the handler. */
export interface MembershipNode {
  url: string;
  name?: string;
}

/** A change of the StatefulSet that runs the nodes, as it reaches the handler. */
export interface MembershipRollout {
  statefulSet: string;
  namespace: string;
  generation: number;
  uid?: string;
}

/** Name and password of an administrator. */
export interface Admin {
  adminUser: string;
  adminPassword: string;
}

/** The arguments of `CouchDbMembership`, resolved. Their meaning is documented at the resource. */
export interface MembershipInputs {
  nodes: MembershipNode[];
  adminUser: string;
  adminPassword: string;
  adminPasswordHash?: string;
  tls?: Tls;
  kubernetes?: KubernetesAccess;
  rollout?: MembershipRollout;
  waitOnly?: boolean;
  triggers?: string[];
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

/** What state keeps of a `CouchDbMembership`. */
export type MembershipOutputs = MembershipInputs &
  MembershipFindings & {
    /** Administrators that a node may still have instead of the declared one: a change of it was interrupted. */
    formerAdmins?: Admin[];
  };

/** Databases without which a cluster does not count as finished. */
export function systemDatabasesOf(inputs: Pick<MembershipInputs, "globalChanges">): string[] {
  return ["_users", "_replicator", ...(inputs.globalChanges ? ["_global_changes"] : [])];
}
