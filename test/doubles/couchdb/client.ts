/** How tests of the double talk to it. */
import assert from "node:assert/strict";
import { eventually } from "../../eventually";

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
export async function eventuallyAnswers(base: string, path: string, expected: unknown): Promise<void> {
  const answered = async () => {
    assert.deepEqual((await ask(base, "GET", path)).body, expected);
    return true;
  };
  await eventually(`${path} is answered as expected`, answered, { everyMs: 20 });
}

/** What `/_membership` says of nodes that are all connected members. */
export function membershipOf(names: string[]): unknown {
  return { all_nodes: [...names].sort(), cluster_nodes: [...names].sort() };
}

/** How long something takes. */
export async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

/** The body of `add_node` for a node of the double. */
export function addNode(node: { name: string; url: string }, password = "pass"): unknown {
  const [name, host] = node.name.split("@");
  return { action: "add_node", host, name, port: Number(new URL(node.url).port), username: "adm", password };
}
