import type { CouchDbConnection } from "../../clients/couchdb/connection";
import type { PodWatch } from "../../clients/kubernetes/pod-watch";
import type { Deadline } from "../../reconcile/deadline";
import type { EachNode } from "./declared-nodes";
import type { Desired } from "./rejections";

/** What a join is to achieve. */
export interface JoinOptions extends Desired {
  /** URLs of all nodes that are to be members, and how to speak to them. */
  connection: CouchDbConnection;
  /** Databases without which the cluster does not count as finished. */
  systemDatabases: readonly string[];
  /** IP address that a node which listens on localhost only is to listen on. */
  bindAddress: string;
  /**
   * What is to be done on the nodes before they are looked at, such as setting another password. It says by `changing`
   * that it has changed a node.
   */
  prepare?: (each: EachNode, changing: () => void) => Promise<void>;
  /** Where the nodes are pods: their watch. */
  pods?: PodWatch;
  /** The pods' replacement, where one is under way: until it ends, no node counts as there. */
  rolledOut?: (deadline: Deadline) => Promise<void>;
  /** Whether another program joins the nodes, and the run only waits for it. Default: false. */
  waitOnly?: boolean;
  /**
   * URLs of those nodes that are known to be absent. The run does not wait for them: it ends when nothing else is left
   * to do. Default: none.
   */
  absent?: readonly string[];
  /** Seconds after which the run fails. */
  timeoutSeconds: number;
  /** Gets a line whenever what is to be done has changed. */
  report: (line: string) => void;
  /** Gets each batch of steps under way, so that whoever ends the process can let it end first. */
  acting?: (steps: Promise<unknown>) => void;
  /** Ends the run before its time. */
  signal?: AbortSignal;
}

/** What went wrong in a join, and whether any node had been changed by then. */
export class JoinFailed extends Error {
  constructor(
    override readonly cause: Error,
    readonly changed: boolean,
    /** Names of the declared nodes that are on record as members. */
    readonly recorded: readonly string[],
    /** Whether all that was to be done before the join had been done. */
    readonly isPrepared: boolean,
  ) {
    super(cause.message);
    this.name = "JoinFailed";
  }
}
