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
  /** Why it is not asked for a while. */
  refusal?: { trouble: string; until: number };
}

const timeout = 3_000;

/** How long after this program's start a node may have only just come up. */
const startUpSeconds = 60;

/**
 * How long a node that has refused the password is not asked: five refusals in 300 s lock the account, and one ask may
 * be two. It may take the password later: a rotated one may be here before it is on the node.
 */
const refusalMilliseconds = 150_000;

/** Glances at nodes with one set of credentials. One that has refused them is left alone for a while, unless its pod is new. */
export class Lookout {
  private readonly nodes = new Map<string, Acquaintance>();

  constructor(
    readonly credentials: Credentials,
    private readonly systemDatabases: readonly string[],
    private readonly now: () => number = () => performance.now(),
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
    if (node.refusal && node.refusal.until > this.now())
      return { ordinal, url, trouble: node.refusal.trouble, refused: true };
    try {
      const view = await this.view(node);
      node.late = false;
      node.refusal = undefined;
      return { ordinal, url, view };
    } catch (error) {
      const trouble = (error as Error).message;
      const refused = error instanceof CouchDbError && error.failure === "unauthorized";
      if (refused) node.refusal = { trouble, until: this.now() + refusalMilliseconds };
      // One that refuses the password is asked once more only where it was on its way up before.
      node.late = !refused;
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
    const isFirst = process.uptime() < startUpSeconds && !node.refusal;
    const trusted = node.late || node.name !== undefined || isFirst;
    try {
      return await ask();
    } catch (error) {
      if (!trusted || !(error instanceof CouchDbError && error.failure === "unauthorized")) throw error;
      await sleep(1000);
      return ask();
    }
  }
}
