/** How tests of the double talk to it. */
import assert from "node:assert/strict";

export interface Answer {
  status: number;
  body: unknown;
  headers: Headers;
}

/** Sends a request to an URL that may hold credentials. */
export async function ask(base: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const { origin, username, password } = new URL(base);
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (username)
    headers.authorization = `Basic ${btoa(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)}`;
  const response = await fetch(origin + path, {
    method,
    headers,
    redirect: "manual",
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text), headers: response.headers };
}

/** Waits until a request is answered with this body. */
export async function eventually(base: string, path: string, expected: unknown, milliseconds = 5000): Promise<void> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const { body } = await ask(base, "GET", path).catch(() => ({ body: "no answer" }));
    try {
      assert.deepEqual(body, expected);
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What `/_membership` says of nodes that are all connected members. */
export function membershipOf(names: string[]): unknown {
  return { all_nodes: [...names].sort(), cluster_nodes: [...names].sort() };
}

/** The body of `add_node` for a node of the double. */
export function addNode(node: { name: string; url: string }, password = "pass"): unknown {
  const [name, host] = node.name.split("@");
  return { action: "add_node", host, name, port: Number(new URL(node.url).port), username: "adm", password };
}
