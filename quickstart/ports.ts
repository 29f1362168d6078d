import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Where the nodes listen unless told otherwise. */
const USUAL_PORTS = [15984, 25984, 35984];

/** Other ports to begin with: three numbers with commas between. */
const PORTS_VARIABLE = "PULUMI_COUCH_QUICKSTART_PORTS";

/** How many ports after a wanted one are tried. */
const ATTEMPTS = 100;

/** The ports to begin with, one a node. */
export function wantedPorts(env: NodeJS.ProcessEnv = process.env): number[] {
  const text = env[PORTS_VARIABLE];
  if (!text) return USUAL_PORTS;
  const ports = text.split(",").map(Number);
  const fine = ports.every((port) => Number.isInteger(port) && port > 0 && port < 65_536);
  if (ports.length !== USUAL_PORTS.length || !fine || new Set(ports).size !== ports.length)
    throw new Error(`${PORTS_VARIABLE} is ${text}: give three different port numbers, as ${USUAL_PORTS}`);
  return ports;
}

/** The wanted port if it is free, else the next one that is. Tells when it is another. */
export async function freePort(wanted: number, say: (line: string) => void, taken: readonly number[]): Promise<number> {
  for (let port = wanted; port < Math.min(wanted + ATTEMPTS, 65_536); port++) {
    if (taken.includes(port) || !(await isFree(port))) continue;
    if (port !== wanted) say(`port ${wanted} is in use by another program: taking ${port} instead`);
    return port;
  }
  throw new Error(`ports ${wanted} to ${wanted + ATTEMPTS - 1} are all in use; name others in ${PORTS_VARIABLE}`);
}

/** Waits until somebody listens on a port. */
export async function listening(port: number, patienceMs = 5_000): Promise<void> {
  const reached = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true)).once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
  for (const end = performance.now() + patienceMs; !(await reached()); await sleep(50)) {
    if (performance.now() > end) throw new Error(`nobody listens on port ${port}`);
  }
}

/** Whether nobody listens on a port: neither on this machine's own address nor on all. */
async function isFree(port: number): Promise<boolean> {
  return (await canListen(port, "127.0.0.1")) && (await canListen(port, "0.0.0.0"));
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
