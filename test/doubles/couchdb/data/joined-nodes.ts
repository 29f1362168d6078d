/** Joined nodes for the tests beside this file. */
import { type CouchDbDouble, type CouchDbNode, startCouchDb } from "..";
import { isObject, type Json, type JsonObject } from "./json";

/** An answer and its parsed body. */
export interface Answer {
  status: number;
  body: JsonObject;
}

/** Sends a request as the admin. */
export async function ask(node: CouchDbNode, method: string, path: string, body?: Json): Promise<Answer> {
  const { username, password } = new URL(node.adminUrl);
  const response = await fetch(node.url + path, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`,
      "content-type": "application/json",
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const parsed: unknown = await response.json();
  return { status: response.status, body: isObject(parsed) ? parsed : { value: parsed as Json } };
}

/** Asks until the answer is as wanted; fails after five seconds. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not so after 5 s: ${what}`);
    await pause(20);
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Starts nodes and joins them through `_nodes`. */
export async function startJoined(count: number): Promise<CouchDbDouble & { nodes: CouchDbNode[] }> {
  const double = await startCouchDb(count, { docker: true, hashIterations: 10 });
  const [first, ...others] = double.nodes as [CouchDbNode, ...CouchDbNode[]];
  for (const other of others) await ask(first, "PUT", `/_node/_local/_nodes/${other.name}`, {});
  await until("all nodes are joined and connected", async () => {
    const answers = await Promise.all(double.nodes.map((node) => ask(node, "GET", "/_membership")));
    return answers.every(({ body }) =>
      [body.all_nodes, body.cluster_nodes].every((names) => Array.isArray(names) && names.length === count),
    );
  });
  return double;
}
