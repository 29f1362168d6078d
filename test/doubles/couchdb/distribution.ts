/**
 * The connections between nodes (Erlang distribution in the real thing): one TCP connection a pair of nodes, made only
 * when both have the same cookie and the called one has the name it is called by, never made just because a node calls.
 */
import { createHmac, randomBytes } from "node:crypto";
import { connect, createServer, type Server, type Socket } from "node:net";
import { type Frame, Lines, send } from "./frames";
import { HttpError, NodeDown, type Peers } from "./node-context";
import type { Registry } from "./registry";

/** Milliseconds after which a silent peer counts as gone; Erlang's `net_ticktime`. */
const TICK_TIME = 60_000;

type Handler = (...args: never[]) => Promise<unknown>;
interface Connection {
  socket: Socket;
  /** Which process of that name it is: a restarted one has another. */
  creation: string;
  pending: Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>;
}

/** The Peers of a node: TCP listener, connections, remote calls. */
export class Distribution implements Peers {
  private readonly connections = new Map<string, Connection>();
  private readonly handlers = new Map<string, Handler>();
  private readonly up: ((node: string) => void)[] = [];
  private readonly down: ((node: string) => void)[] = [];
  private readonly dialling = new Map<string, Promise<boolean>>();
  /** Nodes that this one has introduced itself to, and that have not answered yet. */
  private readonly calling = new Set<string>();
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  private lastCall = 0;
  private readonly creation = randomBytes(4).toString("hex");
  /** Where `members()` come from; set by whoever watches `_nodes`. */
  memberNames: () => string[] = () => [this.self];

  constructor(
    readonly self: string,
    public cookie: string,
    private readonly registry: Registry,
  ) {}

  async listen(port: number, host: string): Promise<void> {
    const server = createServer((socket) => this.accept(socket));
    this.server = server;
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
    const address = server.address();
    if (address && typeof address === "object") await this.registry.register(this.self, address.port);
  }

  /** Breaks all connections at once, as the end of the process does. */
  async close(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    if (!server) return;
    this.registry.unregister(this.self);
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  members(): string[] {
    return this.memberNames();
  }

  connected(): string[] {
    return [this.self, ...this.connections.keys()].sort();
  }

  isConnected(node: string): boolean {
    return node === this.self || this.connections.has(node);
  }

  serve(operation: string, handler: Handler): void {
    this.handlers.set(operation, handler);
  }

  onUp(listener: (node: string) => void): void {
    this.up.push(listener);
  }

  onDown(listener: (node: string) => void): void {
    this.down.push(listener);
  }

  async call<T>(node: string, operation: string, ...args: unknown[]): Promise<T> {
    // A JSON copy even for this node itself, so that no objects are shared.
    if (node === this.self) return copy(await this.handler(operation)(...(copy(args) as never[]))) as T;
    const connection = this.connections.get(node);
    if (!connection) throw new NodeDown(node);
    const call = ++this.lastCall;
    return new Promise<T>((resolve, reject) => {
      connection.pending.set(call, { resolve: resolve as (value: unknown) => void, reject });
      send(connection.socket, { call, operation, args });
    });
  }

  /** Tries to connect; false when no node is there, the name is another's or the cookies differ. */
  async connect(node: string): Promise<boolean> {
    if (this.isConnected(node)) return true;
    const running = this.dialling.get(node) ?? this.dial(node).finally(() => this.dialling.delete(node));
    this.dialling.set(node, running);
    return running;
  }

  private async dial(node: string): Promise<boolean> {
    const address = await this.registry.lookup(node);
    if (!address || !this.server) return this.isConnected(node);
    const socket = connect(address);
    const lines = this.lines(socket);
    try {
      const first = await lines.next();
      if (!("challenge" in first) || this.isConnected(node)) throw new Error("no node, or connected by now");
      const challenge = randomBytes(16).toString("hex");
      const { self: from, creation } = this;
      this.calling.add(node);
      send(socket, { from, to: node, creation, answer: this.prove(first.challenge), challenge });
      const second = await lines.next();
      if (!("answer" in second) || second.answer !== this.prove(challenge)) throw new Error("cookies differ");
      return this.established(node, second.creation, socket, lines);
    } catch {
      socket.destroy();
      return this.isConnected(node);
    } finally {
      this.calling.delete(node);
    }
  }

  private async accept(socket: Socket): Promise<void> {
    const lines = this.lines(socket);
    try {
      const challenge = randomBytes(16).toString("hex");
      send(socket, { challenge });
      const hello = await lines.next();
      if (!("from" in hello) || hello.to !== this.self || hello.answer !== this.prove(challenge)) {
        throw new Error("no node of this cluster, or another cookie");
      }
      this.dropPredecessor(hello.from, hello.creation);
      // Both sides called at once: the one with the smaller name wins.
      if (this.connections.has(hello.from) || (this.calling.has(hello.from) && this.self < hello.from)) {
        throw new Error("connected already");
      }
      send(socket, { answer: this.prove(hello.challenge), creation: this.creation });
      this.established(hello.from, hello.creation, socket, lines);
    } catch {
      socket.destroy();
    }
  }

  /** A node that calls again from another process has lost the old connection, whether that is noticed here or not. */
  private dropPredecessor(node: string, creation: string): void {
    const connection = this.connections.get(node);
    if (connection && connection.creation !== creation) this.lose(node, connection);
  }

  private established(node: string, creation: string, socket: Socket, lines: Lines): boolean {
    if (this.connections.has(node) || !this.server) {
      socket.destroy();
      return this.connections.has(node);
    }
    const connection: Connection = { socket, creation, pending: new Map() };
    this.connections.set(node, connection);
    lines.forward((frame) => this.receive(connection, frame));
    // A peer whose machine is gone does not say so: it is silent.
    const ticking = setInterval(() => send(socket, { tick: true }), TICK_TIME / 4);
    socket.setTimeout(TICK_TIME, () => socket.destroy());
    socket.on("close", () => {
      clearInterval(ticking);
      this.lose(node, connection);
    });
    send(socket, { nodes: [...this.connections.keys()] });
    for (const listener of this.up) listener(node);
    return true;
  }

  private lose(node: string, connection: Connection): void {
    if (this.connections.get(node) !== connection) return;
    this.connections.delete(node);
    connection.socket.destroy();
    for (const { reject } of connection.pending.values()) reject(new NodeDown(node));
    if (this.server) for (const listener of this.down) listener(node);
  }

  private receive(connection: Connection, frame: Frame): void {
    if ("call" in frame) {
      this.answer(frame.operation, frame.args).then((reply) =>
        send(connection.socket, { reply: frame.call, ...reply }),
      );
    } else if ("reply" in frame) {
      const pending = connection.pending.get(frame.reply);
      connection.pending.delete(frame.reply);
      if (frame.http) pending?.reject(new HttpError(...frame.http));
      else if (frame.message !== undefined) pending?.reject(new Error(frame.message));
      else pending?.resolve(frame.value);
    } else if ("nodes" in frame) {
      // Whoever is connected to a node gets connected to all that it is connected to.
      for (const node of frame.nodes) void this.connect(node);
    }
  }

  private async answer(operation: string, args: unknown[]) {
    try {
      return { value: await this.handler(operation)(...(args as never[])) };
    } catch (error) {
      if (error instanceof HttpError) {
        return { http: [error.status, error.error, error.reason] as [number, string, string | null] };
      }
      return { message: error instanceof Error ? error.message : String(error) };
    }
  }

  private handler(operation: string): Handler {
    const handler = this.handlers.get(operation);
    if (!handler) throw new Error(`no operation ${operation}`);
    return handler;
  }

  private prove(challenge: string): string {
    return createHmac("sha256", this.cookie).update(challenge).digest("hex");
  }

  private lines(socket: Socket): Lines {
    this.sockets.add(socket);
    socket.on("close", () => this.sockets.delete(socket));
    socket.setNoDelay(true);
    return new Lines(socket);
  }
}

function copy(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
