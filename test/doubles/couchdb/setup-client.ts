/** How one node asks another over HTTP during cluster setup. */
import { request } from "node:http";

/** POSTs to `/_cluster_setup` of a host; answers the status, rejects with the error of the socket. */
export function postSetup(
  host: string,
  port: unknown,
  credentials: string | undefined,
  body: Record<string, unknown>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const text = JSON.stringify(body);
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
    const options = { host, port: Number(port), path: "/_cluster_setup", method: "POST", agent: false as const };
    const outgoing = request({ ...options, headers, auth: credentials ?? null }, (incoming) => {
      incoming.resume().on("end", () => resolve(incoming.statusCode ?? 0));
    });
    outgoing.on("error", reject);
    outgoing.end(text);
  });
}
