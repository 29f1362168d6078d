/** What nodes say to each other: JSON lines over TCP. */
import type { Socket } from "node:net";
import { createInterface } from "node:readline";

const handshakeTimeout = 2000;

/** The three steps of the handshake, then the names of others, calls, replies and signs of life. */
export type Frame =
  | { challenge: string }
  | { from: string; to: string; creation: string; answer: string; challenge: string }
  | { answer: string; creation: string }
  | { nodes: string[] }
  | { tick: true }
  | { call: number; operation: string; args: unknown[] }
  | { reply: number; value?: unknown; http?: [number, string, string | null]; message?: string };

/** The JSON lines of a socket: one by one during the handshake, then forwarded. */
export class Lines {
  private readonly waiting: Frame[] = [];
  private consumer: ((frame: Frame) => void) | undefined;
  private failed = false;
  private fail: (() => void) | undefined;

  constructor(socket: Socket) {
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      this.failed = true;
      this.fail?.();
    });
    createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY })
      .on("line", (line) => {
        const frame = parse(line);
        if (!frame) return void socket.destroy();
        if (this.consumer) this.consumer(frame);
        else this.waiting.push(frame);
      })
      .on("error", () => socket.destroy());
  }

  async next(): Promise<Frame> {
    const first = this.waiting.shift();
    if (first) return first;
    if (this.failed) throw new Error("closed");
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("timed out")), handshakeTimeout);
      this.fail = () => {
        clearTimeout(timer);
        reject(new Error("closed"));
      };
      this.consumer = (frame) => {
        clearTimeout(timer);
        this.consumer = undefined;
        this.fail = undefined;
        resolve(frame);
      };
    });
  }

  forward(consumer: (frame: Frame) => void): void {
    this.consumer = consumer;
    for (const frame of this.waiting.splice(0)) consumer(frame);
  }
}

/** Anyone may have dialled: anything but a frame ends the connection. */
function parse(line: string): Frame | undefined {
  try {
    const frame: unknown = JSON.parse(line);
    return typeof frame === "object" && frame !== null ? (frame as Frame) : undefined;
  } catch {
    return undefined;
  }
}

/** Sends one frame. */
export function send(socket: Socket, frame: Frame): void {
  socket.write(`${JSON.stringify(frame)}\n`);
}
