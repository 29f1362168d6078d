import { setTimeout as sleep } from "node:timers/promises";
import { CouchDbClient } from "../../clients/couchdb";
import { CouchDbError } from "../../clients/couchdb-error";
import type { Observation, SetupState } from "../../couchdb/membership/observation";
import { identify } from "../../couchdb/membership/observe";

/** How a node shows itself at a glance. */
export type View = Pick<Observation, "name" | "setup" | "connected" | "members">;

/** What a glance at a pod's node gave. */
export type Sight =
  | { ordinal: number; url: string; view: View }
  | { ordinal: number; url: string; view?: undefined; trouble: string; refused: boolean };

/** A node to look at. */
export interface Target {
  ordinal: number;
  url: string;
  /** Which incarnation of the pod it is, where that is known: a new one may take a password that the last refused. */
  pod?: string;
}

/** Who to be towards the nodes. */
export interface Credentials {
  user: string;
  password: string;
}

interface Acquaintance {
  client: CouchDbClient;
  pod?: string;
  /** Its name, once it has told it with the password accepted; forgotten when it can't be reached. */
  name?: string;
  /** Whether it could not be reached the last time. */
  late?: boolean;
  /** Why it is not asked any more. */
  refusal?: string;
}

const timeout = 3_000;

/** How long after this program's start a node may have only just come up. */
const startUpSeconds = 60;

/**
 * Glances at nodes with one set of credentials. A node that has refused them is never asked again, as five refusals
 * lock the account; only another pod in its place is.
 */
export class Lookout {
  private readonly nodes = new Map<string, Acquaintance>();

  constructor(
    readonly credentials: Credentials,
    private readonly systemDatabases: readonly string[],
  ) {}

  /** Looks at all of them side by side. */
  look(targets: readonly Target[]): Promise<Sight[]> {
    return Promise.all(targets.map((target) => this.glance(target)));
  }

  /** The client of a node. */
  client({ url, pod }: Target): CouchDbClient {
    return this.node(url, pod).client;
  }

  private node(url: string, pod: string | undefined): Acquaintance {
    const known = this.nodes.get(url);
    if (known && (known.pod === pod || pod === undefined)) return known;
    const node = { client: new CouchDbClient(url, this.credentials), pod };
    this.nodes.set(url, node);
    return node;
  }

  private async glance({ ordinal, url, pod }: Target): Promise<Sight> {
    const node = this.node(url, pod);
    if (node.refusal !== undefined) return { ordinal, url, trouble: node.refusal, refused: true };
    try {
      const view = await this.view(node);
      node.late = false;
      return { ordinal, url, view };
    } catch (error) {
      const trouble = (error as Error).message;
      const refused = error instanceof CouchDbError && error.failure === "unauthorized";
      if (refused) node.refusal = trouble;
      node.late = true;
      node.name = undefined;
      return { ordinal, url, trouble, refused };
    }
  }

  private async view(node: Acquaintance): Promise<View> {
    const { client } = node;
    // Alone and first, as a refused password counts once for each request that carries it.
    const membership = await this.trusting(node, async () => {
      node.name ??= await identify(client);
      return client.request<{ all_nodes: string[]; cluster_nodes: string[] }>({ path: "_membership", timeout });
    });
    const query = { ensure_dbs_exist: JSON.stringify(this.systemDatabases) };
    const { state } = await client.request<{ state: SetupState }>({ path: "_cluster_setup", query, timeout });
    return { name: node.name!, setup: state, connected: membership.all_nodes, members: membership.cluster_nodes };
  }

  /**
   * A node refuses the right password for about half a second after it has come up, or was told the same one again:
   * until it is hashed. So one that has only just come up, as this pod's own when this program starts, or that took it
   * before, is asked once more.
   */
  private async trusting<Result>(node: Acquaintance, ask: () => Promise<Result>): Promise<Result> {
    const trusted = node.late || node.name !== undefined || process.uptime() < startUpSeconds;
    try {
      return await ask();
    } catch (error) {
      if (!trusted || !(error instanceof CouchDbError && error.failure === "unauthorized")) throw error;
      await sleep(1000);
      return ask();
    }
  }
}
