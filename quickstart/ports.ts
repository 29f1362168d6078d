import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Where the nodes listen by default. */
const DEFAULT_PORTS = [15984, 25984, 35984];

/** Environment variable with other ports to try first: three numbers, separated by commas. */
const PORTS_VARIABLE = "PULUMI_COUCH_QUICKSTART_PORTS";

/** How many ports after a wanted one are tried. */
const ATTEMPTS = 100;

/** The ports to try first, one per node. */
export function wantedPorts(env: NodeJS.ProcessEnv = process.env): number[] {
  const text = env[PORTS_VARIABLE];
  if (!text) return DEFAULT_PORTS;
  const ports = text.split(",").map(Number);
  const valid = ports.every((port) => Number.isInteger(port) && port > 0 && port < 65_536);
  if (ports.length !== DEFAULT_PORTS.length || !valid || new Set(ports).size !== ports.length)
    throw new Error(`${PORTS_VARIABLE} is ${text}: give three different port numbers, as ${DEFAULT_PORTS}`);
  return ports;
}

/** The wanted port if it is free, otherwise the next free one, which is reported. */
export async function freePort(wanted: number, say: (line: string) => void, taken: readonly number[]): Promise<number> {
  for (let port = wanted; port < Math.min(wanted + ATTEMPTS, 65_536); port++) {
    if (taken.includes(port) || !(await isFree(port))) continue;
    if (port !== wanted) say(`port ${wanted} is in use by another program: taking ${port} instead`);
    return port;
  }
  throw new Error(`ports ${wanted} to ${wanted + ATTEMPTS - 1} are all in use; name others in ${PORTS_VARIABLE}`);
}

/** Waits until a process listens on a port. */
export async function listening(port: number, timeoutMs = 5_000): Promise<void> {
  const reached = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true)).once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
  for (const end = performance.now() + timeoutMs; !(await reached()); await sleep(50)) {
    if (performance.now() > end) throw new Error(`nothing listens on port ${port}`);
  }
}

/** Whether no process listens on a port, neither on the loopback address nor on all addresses. */
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
