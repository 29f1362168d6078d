import type { CouchDbConnection } from "../../clients/couchdb/connection";
import type { PodWatch } from "../../clients/kubernetes/pod-watch";
import type { Deadline } from "../../reconcile/deadline";
import type { AdminChange } from "../membership/admin-change";
import type { Desired } from "./rejections";

/** What a join shall achieve. */
export interface JoinOptions extends Desired {
  /** URLs of all nodes that shall be members, and how to speak to them. */
  connection: CouchDbConnection;
  systemDatabases: readonly string[];
  bindAddress: string;
  /** How the administrator is to be changed first, if it is. */
  adminChange?: AdminChange;
  /** Where the nodes are pods: their watch. */
  pods?: PodWatch;
  /** What to wait for before the nodes are looked at. */
  rolledOut?: (deadline: Deadline) => Promise<void>;
  /** Whether somebody else joins the nodes, and is only waited for. */
  waitOnly?: boolean;
  /** Whether there are more nodes, which don't answer yet: only what can be done without them is done then. */
  incomplete?: boolean;
  timeoutSeconds: number;
  /** Told how far it is. */
  report: (line: string) => void;
  /** Members that are not declared and are left as they are: neither removed nor refused. Default: none. */
  tolerated?: readonly string[];
  /** Given each batch of steps under way, so that whoever ends the process can let it end first. */
  acting?: (steps: Promise<unknown>) => void;
  /** Gives it up before its time. */
  signal?: AbortSignal;
}

/** What went wrong in a join, and whether any node had been changed by then. */
export class JoinFailed extends Error {
  constructor(
    override readonly cause: Error,
    readonly changed: boolean,
    /** Names of the declared nodes that are on record as members. */
    readonly recorded: readonly string[],
    /** Whether some nodes may still have the former administrator. */
    readonly adminHalfChanged: boolean,
  ) {
    super(cause.message);
    this.name = "JoinFailed";
  }
}
