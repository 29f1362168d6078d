import { createServer, type Server } from "node:net";

/** Below the ports that systems give to outgoing connections, which take one at any moment; each process its own. */
let nextPort = 10_000 + (process.pid % 200) * 100;

/**
 * Ports that nothing listens on, each with two after it that are not given to others: whoever finds one in use has these
 * to take.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = nextPort;
    nextPort += 3;
    const server = await occupy(port).catch(() => undefined);
    if (!server) continue;
    await new Promise((resolve) => server.close(resolve));
    ports.push(port);
  }
  return ports;
}

/** Listens on a port of all interfaces, for no purpose. */
export function occupy(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.end());
    server.once("error", reject).listen(port, () => resolve(server));
  });
}
