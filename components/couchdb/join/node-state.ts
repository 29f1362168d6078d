import { CouchDbError } from "../../clients/couchdb/error";
import type { DeclaredNode, DeclaredNodes } from "./declared-nodes";
import type { NodeState } from "./observation";
import { observe } from "./observe";
import type { JoinOptions } from "./options";

/**
 * Looks at a declared node once, if it is there.
 *
 * @param nodes which it is one of; it is lost to them if it does not answer
 * @param isPart whether nodes are awaited: errors are not final then, and what undeclared members hold does not matter
 */
export async function stateOf(
  node: DeclaredNode,
  nodes: DeclaredNodes,
  { systemDatabases, tolerated = [] }: Pick<JoinOptions, "systemDatabases" | "tolerated">,
  isPart: boolean,
): Promise<NodeState> {
  const { url, client, name } = node;
  if (name === undefined) return { url, awaited: node.reason.message };
  const known = [...nodes.there.map((other) => other.name), ...tolerated];
  try {
    const seen = await observe(client, name, {
      systemDatabases,
      isKnown: (member) => isPart || known.includes(member),
    });
    node.seen = seen;
    node.pause = 0;
    return { url, seen };
  } catch (error) {
    if (!CouchDbError.isTransient(error) && !(isPart && error instanceof CouchDbError)) throw error;
    nodes.lose(node, error as Error);
    return { url, awaited: (error as Error).message };
  }
}
