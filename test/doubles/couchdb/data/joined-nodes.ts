/** Joined nodes for the tests beside this file. */
import { eventually } from "../../../eventually";
import { type CouchDbDouble, type CouchDbNode, startCouchDb } from "..";
import { ask as send } from "../client";
import { isObject, type Json, type JsonObject } from "./json";

/** An answer and its parsed body. */
export interface Answer {
  status: number;
  body: JsonObject;
}

/** Sends a request as the admin. */
export async function ask(node: CouchDbNode, method: string, path: string, content?: Json): Promise<Answer> {
  const { status, body } = await send(node.adminUrl, method, path, content);
  return { status, body: isObject(body) ? body : { value: body as Json } };
}

/** Starts nodes and joins them through `_nodes`. */
export async function startJoined(count: number): Promise<CouchDbDouble & { nodes: CouchDbNode[] }> {
  const double = await startCouchDb(count, { docker: true, hashIterations: 10 });
  const [first, ...others] = double.nodes as [CouchDbNode, ...CouchDbNode[]];
  for (const other of others) await ask(first, "PUT", `/_node/_local/_nodes/${other.name}`, {});
  await eventually("all nodes are joined and connected", async () => {
    const answers = await Promise.all(double.nodes.map((node) => ask(node, "GET", "/_membership")));
    return answers.every(({ body }) =>
      [body.all_nodes, body.cluster_nodes].every((names) => Array.isArray(names) && names.length === count),
    );
  });
  return double;
}
