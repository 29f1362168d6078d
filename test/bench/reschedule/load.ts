/** A process that sends the same request over and over: started by the benchmark, which says what to send. */
import { connect, type TLSSocket } from "node:tls";

/** What to send. */
export interface Load {
  host: string;
  port: number;
  ca: string;
  /** Name that the certificate must be for. */
  servername?: string;
  /** The whole of a request, as it goes over the wire. */
  request: string;
  /** The answers' first line and what their body must have in it. */
  expected: { status: number; text: string };
  connections: number;
  seconds: number;
}

/** What came of it. */
export interface LoadResult {
  perSecond: number;
  /** Milliseconds that 99 of 100 requests took at most. */
  p99: number;
}

/**
 * One connection that is kept, with one request at a time. By hand, as a client library would take more of the
 * processors than what is measured.
 */
async function sendOver(socket: TLSSocket, load: Load, end: number, times: number[]): Promise<void> {
  let received = "";
  let answered: (answer: string) => void = () => {};
  let failed: (error: Error) => void = () => {};
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    received += chunk;
    if (!isWhole(received)) return;
    const answer = received;
    received = "";
    answered(answer);
  });
  socket.on("close", () => failed(new Error("the connection was closed")));
  for (let start = performance.now(); start < end; start = performance.now()) {
    const answer = await new Promise<string>((resolve, reject) => {
      answered = resolve;
      failed = reject;
      socket.write(load.request);
    });
    const { status, text } = load.expected;
    if (!answer.startsWith(`HTTP/1.1 ${status} `) || !answer.includes(text))
      throw new Error(`unexpected answer: ${answer}`);
    times.push(performance.now() - start);
  }
}

function isWhole(text: string): boolean {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return false;
  const length = /^content-length: (\d+)/im.exec(text.slice(0, head));
  return length ? text.length === head + 4 + Number(length[1]) : text.endsWith("\r\n0\r\n\r\n");
}

async function run(load: Load): Promise<LoadResult> {
  const { host, port, ca, servername } = load;
  const sockets = await Promise.all(
    Array.from({ length: load.connections }, async () => {
      const socket = connect({ host, port, ca, servername, ALPNProtocols: ["http/1.1"] });
      await new Promise<void>((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
      return socket;
    }),
  );
  const times: number[] = [];
  const start = performance.now();
  await Promise.all(sockets.map((socket) => sendOver(socket, load, start + load.seconds * 1000, times)));
  const elapsed = (performance.now() - start) / 1000;
  for (const socket of sockets) socket.removeAllListeners("close").destroy();
  times.sort((a, b) => a - b);
  return { perSecond: times.length / elapsed, p99: times[Math.floor(times.length * 0.99)]! };
}

process.once("message", (load: Load) => {
  run(load).then(
    (result) => process.send!(result, () => process.disconnect()),
    (error: Error) => {
      console.error(error.message);
      process.exit(1);
    },
  );
});
