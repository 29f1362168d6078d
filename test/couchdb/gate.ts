/** What stands between a client and a node. */
import { once } from "node:events";
import { createServer, request as forward, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import type { FreshNode } from "../nodes";

/** Passes a request on to a node. The connection ends where the node does not answer. */
export function passOn({ url }: FreshNode, ...[request, response]: Parameters<RequestListener>): void {
  const { method, headers } = request;
  const forwarded = forward(url + request.url, { method, headers });
  forwarded.on("response", (answer: IncomingMessage) =>
    answer.pipe(response.writeHead(answer.statusCode!, answer.headers)),
  );
  forwarded.on("error", () => response.destroy());
  request.pipe(forwarded);
}

/**
 * Puts a gate before a node, and returns the node as it is reached through it.
 *
 * @param keeps sees each request, and answers whether it has dealt with it; all others are passed on
 */
export async function gateBefore(
  t: TestContext,
  node: FreshNode,
  keeps: (...[request, response]: Parameters<RequestListener>) => boolean | Promise<boolean>,
): Promise<FreshNode> {
  const server = createServer(async (request, response) => {
    if (!(await keeps(request, response))) passOn(node, request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  endAfter(t, server);
  return { ...node, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Ends a server after the test, whoever is connected. */
export function endAfter(t: TestContext, server: Server): void {
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
}
