import type { State } from "./state";

/** The administrator that every node has. */
export const adminUser = "admin";

/** How often nodes look for lost members: often, since a user may wait for a killed node to come back. */
export const reconnectIntervalSeconds = 2;

/** Files of the secrets. The first start makes them. */
export const secretFiles = {
  adminPassword: "admin-password",
  passphrase: "passphrase",
  /** Erlang reads it here when `home` is its home folder. On a command line everybody could read it. */
  cookie: "home/.erlang.cookie",
} as const;

/** Makes the secrets that do not exist yet. Comes first, since several processes read them at the same time later. */
export async function makeSecrets(state: State): Promise<void> {
  for (const file of Object.values(secretFiles)) await state.secret(file);
}

/** What the nodes are: CouchDB itself or the built-in stand-in. */
export type Kind = "couchdb" | "stand-in";

/** One of the nodes. */
export interface ClusterNode {
  /** Counted from 1; also its folder's name. */
  number: number;
  /** Its Erlang name. */
  name: string;
  port: number;
}

/** What the state folder records about the nodes. */
export interface Cluster {
  kind: Kind;
  nodes: ClusterNode[];
  /** Port of the name service of CouchDB's nodes. The stand-in needs none. */
  epmdPort?: number;
}

const FILE = "cluster.json";

/** What an earlier start decided; `undefined` at the first. */
export async function readCluster(state: State): Promise<Cluster | undefined> {
  const text = await state.read(FILE);
  return text === undefined ? undefined : (JSON.parse(text) as Cluster);
}

/** Records what was decided, before anything starts. */
export async function writeCluster(state: State, cluster: Cluster): Promise<void> {
  await state.write(FILE, `${JSON.stringify(cluster, undefined, 2)}\n`);
}

/** URL of a node, without user and password. */
export function urlOf(node: ClusterNode): string {
  return `http://127.0.0.1:${node.port}`;
}
