/** A stand-in for CouchDB nodes: answers over HTTP as recorded from the real thing. */
import { Node } from "./node";
import { type CouchDbNode, type NodeOptions, settingsOf } from "./options";
import { LocalRegistry } from "./registry";

export type { CouchDbNode, NodeOptions } from "./options";

export interface CouchDbDouble {
  readonly nodes: CouchDbNode[];
  /** Stops all nodes. */
  stop(): Promise<void>;
}

/** Starts fresh nodes, unjoined, their admins' passwords hashed. `common` holds for all, `nodes` for each. */
export async function startCouchDb(nodes: number | NodeOptions[], common: NodeOptions = {}): Promise<CouchDbDouble> {
  const each = typeof nodes === "number" ? Array.from({ length: nodes }, () => ({})) : nodes;
  const shared = new LocalRegistry();
  const started = each.map((options: NodeOptions, index) => {
    const ini = { ...common.ini, ...options.ini };
    return new Node(settingsOf({ ...common, ...options, ini }, index + 1, shared));
  });
  const stop = async () => void (await Promise.all(started.map((node) => node.stop())));
  try {
    await Promise.all(started.map((node) => node.start()));
  } catch (error) {
    await stop();
    throw error;
  }
  return { nodes: started, stop };
}
