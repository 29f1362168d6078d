import type { Status as ProgramStatus } from "../../../runtime/health";

/** What `/ready` shows. */
export interface Status extends ProgramStatus {
  /** Erlang name of this pod's node, once known. */
  node?: string;
  /** Members of its cluster, as the node itself lists them. */
  members?: string[];
}
