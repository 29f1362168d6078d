import { CouchDbClient } from "../../../clients/couchdb/client";
import { CouchDbError } from "../../../clients/couchdb/error";
import type { NodeState } from "../../join/observation";
import { identify, observe } from "../../join/observe";

/** What observing a pod's node gave. */
export type Observed = NodeState & {
  ordinal: number;
  /** Whether it refuses user or password. */
  isRefusing?: boolean;
};

/** A node to look at. */
export interface Target {
  ordinal: number;
  url: string;
  /** Which incarnation of the pod it is, where that is known: a new one may take a password that the last refused. */
  pod?: string;
}

/** Who to be towards the nodes. */
export interface Credentials {
  adminUser: string;
  adminPassword: string;
}

interface KnownNode {
  client: CouchDbClient;
  pod?: string;
  /** Its name, from its answer; forgotten when it no longer answers. */
  name?: string;
}

/** Milliseconds for each request. */
const timeout = 3_000;

/** How many seconds after this program's start a node may have only just come up. */
const startUpSeconds = 60;

/** Observes nodes with one set of credentials. */
export class NodeObserver {
  private readonly nodes = new Map<string, KnownNode>();

  constructor(
    readonly credentials: Credentials,
    private readonly systemDatabases: readonly string[],
  ) {}

  /** Observes all of them side by side. */
  observe(targets: readonly Target[]): Promise<Observed[]> {
    return Promise.all(targets.map((target) => this.observeOne(target)));
  }

  /** The client of a node. */
  client({ url, pod }: Target): CouchDbClient {
    return this.node(url, pod).client;
  }

  private node(url: string, pod: string | undefined): KnownNode {
    const known = this.nodes.get(url);
    if (known && (known.pod === pod || pod === undefined)) return known;
    const node: KnownNode = { client: new CouchDbClient(url, this.credentials), pod };
    if (known?.pod !== undefined) node.client.login.forget();
    this.nodes.set(url, node);
    return node;
  }

  private async observeOne({ ordinal, url, pod }: Target): Promise<Observed> {
    const node = this.node(url, pod);
    const { client } = node;
    if (process.uptime() < startUpSeconds) client.login.expectHashing();
    try {
      node.name ??= await identify(client, timeout);
      // Unknown members are looked at by the leader, rarely: reading all shard maps may be much.
      const look = { systemDatabases: this.systemDatabases, isKnown: () => true, timeout };
      return { ordinal, url, seen: await observe(client, node.name, look) };
    } catch (error) {
      node.name = undefined;
      return { ordinal, url, awaited: (error as Error).message, isRefusing: CouchDbError.isRefusal(error) };
    }
  }
}
