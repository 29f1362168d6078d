import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import WebSocket from "ws";
import type { PodAddress } from "./access";
import type { KubernetesApi } from "./api";
import { answeredInstead, apiServerUnreachable, PortForwardError, portForwardBroke } from "./port-forward-error";

/** How long the API server, and the pod's node behind it, may take to open a port-forward. */
const openMilliseconds = 10_000;

const dataChannel = 0;
const errorChannel = 1;

/**
 * Opens a connection to a port of a pod, through the API server's port-forward: one WebSocket. Nothing listens on
 * this machine. Throws {@link PortForwardError}; the stream's `error` event reports a pod that doesn't listen.
 */
export async function openTunnel({ config }: KubernetesApi, address: PodAddress): Promise<Duplex> {
  const server = config.getCurrentCluster()!.server;
  const options: WebSocket.ClientOptions = { perMessageDeflate: false, handshakeTimeout: openMilliseconds };
  await config.applyToHTTPSOptions(options);
  const { namespace, pod, port } = address;
  const url = `${server.replace(/^http/, "ws").replace(/\/$/, "")}/api/v1/namespaces/${namespace}/pods/${pod}/portforward`;
  const webSocket = new WebSocket(`${url}?ports=${port}`, "v4.channel.k8s.io", options);
  const tunnel = new Tunnel(webSocket, address);
  return new Promise((resolve, reject) => {
    webSocket.once("open", () => resolve(tunnel));
    webSocket.once("unexpected-response", async (_request, response: IncomingMessage) => {
      reject(answeredInstead(address, response.statusCode ?? 0, await textOf(response)));
      webSocket.terminate();
    });
    webSocket.on("error", (error) => reject(apiServerUnreachable(server, error)));
  });
}

/** The data channel of a port-forward as a stream, which an HTTP client takes for a socket. */
class Tunnel extends Duplex {
  private socket: Socket | undefined;
  /** The first message of each channel repeats the port, and holds nothing else. */
  private readonly opened = new Set<number>();

  constructor(
    private readonly webSocket: WebSocket,
    private readonly address: PodAddress,
  ) {
    super({ allowHalfOpen: false });
    webSocket.once("upgrade", (response) => {
      this.socket = response.socket;
    });
    webSocket.on("message", (message: Buffer) => this.receive(message));
    webSocket.on("error", (error) => this.destroy(new PortForwardError(false, error.message)));
    webSocket.once("close", () => this.push(null));
    // Users of the stream listen for errors themselves; this is for one that breaks before anybody has it.
    this.on("error", () => {});
  }

  /** An idle connection must not keep the process alive: HTTP clients call these as on a socket. */
  ref(): void {
    this.socket?.ref();
  }

  unref(): void {
    this.socket?.unref();
  }

  private receive(message: Buffer): void {
    const channel = message[0]!;
    const first = !this.opened.has(channel);
    this.opened.add(channel);
    const data = message.subarray(first ? 3 : 1);
    if (data.length === 0) return;
    if (channel === dataChannel && !this.push(data)) this.webSocket.pause();
    if (channel === errorChannel) this.destroy(portForwardBroke(this.address, data.toString()));
  }

  override _read(): void {
    if (this.webSocket.isPaused) this.webSocket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.webSocket.send(Buffer.concat([Buffer.of(dataChannel), chunk]), done);
  }

  override _final(done: () => void): void {
    this.webSocket.close();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.webSocket.terminate();
    done(error);
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer);
  } catch {
    // What came before the connection broke must do.
  }
  return Buffer.concat(chunks).toString();
}
