import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

/** Starts an API server that answers so, and returns the kubeconfig that leads there. */
export async function apiServer(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return kubeconfigTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

/** A kubeconfig that leads to this API server. */
export function kubeconfigTo(server: string): string {
  const context = { name: "c", context: { cluster: "c", user: "" } };
  // The client library refuses HTTP otherwise.
  const clusters = [{ name: "c", cluster: { server, "insecure-skip-tls-verify": true } }];
  return JSON.stringify({ clusters, users: [], contexts: [context], "current-context": "c" });
}
