import { connect as connectTls } from "node:tls";
import { Agent, type buildConnector } from "undici";
import { type KubernetesAccess, podAddress } from "../kubernetes/access";
import { kubernetesApi } from "../kubernetes/api";
import { openTunnel } from "../kubernetes/tunnel";
import type { CouchDbConnection, Tls } from "./connection";

const agents = new Map<string, Agent>();

/**
 * The connection pool for this access to nodes, shared by all clients; none where the process's default one will do.
 * Unused connections close by themselves after a few seconds, and don't keep the process alive.
 */
export function agentFor({ tls, kubernetes }: Pick<CouchDbConnection, "tls" | "kubernetes">): Agent | undefined {
  if (!kubernetes && !tls?.ca && !tls?.cert && !tls?.key) return undefined;
  const { ca, cert, key } = tls ?? {};
  const id = JSON.stringify([ca, cert, key, kubernetes && [kubernetes.kubeconfig, kubernetes.context]]);
  let agent = agents.get(id);
  if (!agent) {
    agent = new Agent({ connect: kubernetes ? throughKubernetes(kubernetes, tls) : { ca, cert, key } });
    agents.set(id, agent);
  }
  return agent;
}

/** Connects to pods by their names in the cluster, each connection a port-forward of its own. */
function throughKubernetes(access: KubernetesAccess, tls: Tls | undefined): buildConnector.connector {
  return (options, callback) => {
    void connectToPod(access, tls, options).then(
      (socket) => callback(null, socket),
      (error: Error) => callback(error, null),
    );
  };
}

/** What an HTTP client needs of a socket, a stream has; the types ask for more. */
type SocketLike = Parameters<buildConnector.Callback>[1] & object;

async function connectToPod(
  access: KubernetesAccess,
  tls: Tls | undefined,
  { protocol, hostname, port }: buildConnector.Options,
): Promise<SocketLike> {
  const address = podAddress(`${protocol}//${hostname}:${port}`);
  if (!address) throw new Error(`${hostname} is not a valid name of a pod in its cluster`);
  const tunnel = await openTunnel(await kubernetesApi(access), address);
  if (protocol !== "https:") return tunnel as unknown as SocketLike;
  const secured = connectTls({ ...tls, socket: tunnel, servername: hostname, ALPNProtocols: ["http/1.1"] });
  tunnel.once("error", (error) => secured.destroy(error));
  return new Promise((resolve, reject) => {
    secured.once("secureConnect", () => resolve(secured));
    secured.once("error", reject);
    secured.once("close", () => reject(new Error("other side closed")));
  });
}
