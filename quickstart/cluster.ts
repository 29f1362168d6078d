import type { State } from "./state";

/** The administrator that every node has. */
export const adminUser = "admin";

/** How often nodes look for lost members: often, for somebody may be waiting to see a killed node come back. */
export const reconnectIntervalSeconds = 2;

/** Where the secrets are, each made at the first start. */
export const secretFiles = {
  adminPassword: "admin-password",
  passphrase: "passphrase",
  /** Where Erlang looks for it, given `home` for a home folder: on a command line everybody could read it. */
  cookie: "home/.erlang.cookie",
} as const;

/** Makes the secrets that are not there yet. Comes first, for several read them at the same time later. */
export async function makeSecrets(state: State): Promise<void> {
  for (const file of Object.values(secretFiles)) await state.secret(file);
}

/** What the nodes are: CouchDB itself, or the built-in stand-in. */
export type Kind = "couchdb" | "stand-in";

/** One of the nodes. */
export interface ClusterNode {
  /** Counted from 1; also its folder's name. */
  number: number;
  /** Its Erlang name. */
  name: string;
  port: number;
}

/** What the state folder says of the nodes. */
export interface Cluster {
  kind: Kind;
  nodes: ClusterNode[];
  /** Where CouchDB's nodes find each other; the stand-in needs no such thing. */
  epmdPort?: number;
}

const FILE = "cluster.json";

/** What an earlier start has decided; `undefined` at the first. */
export async function readCluster(state: State): Promise<Cluster | undefined> {
  const text = await state.read(FILE);
  return text === undefined ? undefined : (JSON.parse(text) as Cluster);
}

/** Keeps what was decided. Written before anything is started by it. */
export async function writeCluster(state: State, cluster: Cluster): Promise<void> {
  await state.write(FILE, `${JSON.stringify(cluster, undefined, 2)}\n`);
}

/** URL of a node, without user and password. */
export function urlOf(node: ClusterNode): string {
  return `http://127.0.0.1:${node.port}`;
}
