import { createServer, type Server } from "node:http";

/** What `/ready` tells. */
export interface Status {
  ready: boolean;
  /** How things stand, in words. */
  state: string;
  /** Erlang name of this pod's node, once known. */
  node?: string;
  /** Members of its cluster, by its own word. */
  members?: string[];
}

/** Serves `/health`: 200 while the program runs; and `/ready`: 200 or 503, with the status as JSON. */
export function serveHealth(port: number, status: () => Status): Server {
  const server = createServer((request, response) => {
    const path = request.url?.split("?")[0];
    const { ready, ...rest } = status();
    const answers: Record<string, [number, unknown]> = {
      "/health": [200, { alive: true }],
      "/ready": [ready ? 200 : 503, { ready, ...rest }],
    };
    const [code, body] = answers[path ?? ""] ?? [404, { error: "there are /health and /ready" }];
    response.writeHead(code, { "content-type": "application/json" }).end(`${JSON.stringify(body)}\n`);
  });
  return server.listen(port);
}
