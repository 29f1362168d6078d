import { setTimeout as sleep } from "node:timers/promises";
import { CouchDbClient } from "../../../clients/couchdb/client";
import { CouchDbError } from "../../../clients/couchdb/error";
import { unlessRefusedTwice } from "../../../clients/couchdb/refused-once";
import type { Observation, SetupState } from "../../join/observation";
import { identify } from "../../join/observe";

/** How a node shows itself. */
export type View = Pick<Observation, "name" | "setup" | "connected" | "members">;

/** What observing a pod's node gave. */
export type Observed =
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
  adminUser: string;
  adminPassword: string;
}

interface KnownNode {
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

/** Observes nodes with one set of credentials. One that has refused them is left alone for a while, unless its pod is new. */
export class NodeObserver {
  private readonly nodes = new Map<string, KnownNode>();

  constructor(
    readonly credentials: Credentials,
    private readonly systemDatabases: readonly string[],
    private readonly now: () => number = () => performance.now(),
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
    const node = { client: new CouchDbClient(url, this.credentials), pod };
    this.nodes.set(url, node);
    return node;
  }

  private async observeOne({ ordinal, url, pod }: Target): Promise<Observed> {
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
      const refused = CouchDbError.isRefusal(error);
      if (refused) node.refusal = { trouble, until: this.now() + refusalMilliseconds };
      // One that refuses the password is asked once more only where it was on its way up before.
      node.late = !refused;
      node.name = undefined;
      return { ordinal, url, trouble, refused };
    }
  }

  private async view(node: KnownNode): Promise<View> {
    const { client } = node;
    // Alone and first, as a refused password counts once for each request that carries it.
    const ask = async () => {
      node.name ??= await identify(client);
      return client.request<{ all_nodes: string[]; cluster_nodes: string[] }>({ path: "_membership", timeout });
    };
    const membership = await (this.mayRefuseOnce(node) ? unlessRefusedTwice(ask, sleep) : ask());
    const query = { ensure_dbs_exist: JSON.stringify(this.systemDatabases) };
    const { state } = await client.request<{ state: SetupState }>({ path: "_cluster_setup", query, timeout });
    return { name: node.name!, setup: state, connected: membership.all_nodes, members: membership.cluster_nodes };
  }

  /** Whether it has only just come up, as this pod's own has when this program starts, or took the password before. */
  private mayRefuseOnce(node: KnownNode): boolean {
    const isFirst = process.uptime() < startUpSeconds && !node.refusal;
    return Boolean(node.late) || node.name !== undefined || isFirst;
  }
}
