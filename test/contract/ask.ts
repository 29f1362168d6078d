/** Sends the request of an exchange to the node that stands for the recorded one. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Credentials } from "./credentials";
import type { NodesUnderReplay } from "./nodes-under-replay";
import type { Exchange } from "./recording";
import { type Received, send } from "./request";

/** A node that begins to listen on another address cannot be reached for a moment. */
const CONNECT_RETRIES = 20;

/** Sends it with recorded values replaced by those of today; reads JSON. */
export async function ask(exchange: Exchange, nodes: NodesUnderReplay, credentials: Credentials): Promise<Received> {
  let got = await askOnce(exchange, nodes, credentials);
  for (let i = 0; i < CONNECT_RETRIES && exchange.status !== null && neverConnected(got); i++) {
    await sleep(15);
    got = await askOnce(exchange, nodes, credentials);
  }
  return exchange.response_body_is_text ? got : { ...got, response_body: parsed(got.response_body) };
}

function askOnce(exchange: Exchange, nodes: NodesUnderReplay, credentials: Credentials): Promise<Received> {
  const { values } = nodes;
  return send({
    method: exchange.method,
    origin: nodes.origin(exchange.node),
    path: values.inText(exchange.path),
    headers: {
      ...(values.inJson(exchange.request_headers) as Record<string, string>),
      ...credentials.headers(exchange),
    },
    body: requestBody(exchange, nodes),
  });
}

function requestBody(exchange: Exchange, nodes: NodesUnderReplay): string | undefined {
  const body = exchange.request_body;
  if (body === undefined) return undefined;
  if (exchange.request_body_is_text) return String(body);
  const actual = nodes.values.inJson(body);
  const setup = exchange.path === "/_cluster_setup" ? nodes.addNodeBody(actual as Record<string, unknown>) : actual;
  return JSON.stringify(setup).replace(/<(\d+) times '(.)'>/g, (_, count, letter) => letter.repeat(Number(count)));
}

function neverConnected(got: Received): boolean {
  return got.status === null && /^connect /.test(got.transport_error ?? "");
}

function parsed(body: unknown): unknown {
  try {
    return JSON.parse(String(body));
  } catch {
    return body;
  }
}
