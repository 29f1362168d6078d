import { CouchDbClient } from "../../clients/couchdb/client";
import type { CouchDbConnection } from "../../clients/couchdb/connection";
import { CouchDbError } from "../../clients/couchdb/error";
import { converge } from "../../reconcile/converge";
import { Deadline, DeadlineExceeded } from "../../reconcile/deadline";
import { remove } from "../join/act";
import { holdingsOf, identify } from "../join/observe";
import { PlanRejected } from "../join/rejections";
import { describe, plan, type StayingNode, type Step } from "./plan";

/** Which nodes are to leave a cluster, and how to speak to those that stay. */
export interface Departure {
  /** URLs of all staying nodes. */
  connection: CouchDbConnection;
  /** Erlang names of the nodes that stay, in ordinal order. */
  staying: readonly string[];
  /** Erlang names of the nodes that leave, in ordinal order. Their pods may be gone already. */
  leaving: readonly string[];
  timeoutSeconds: number;
  /** Gets a line whenever what is to be done has changed. */
  report: (line: string) => void;
  /** Called once the record may have changed. */
  changing: () => void;
}

type Clients = ReadonlyMap<string, CouchDbClient>;

/**
 * Removes nodes from the cluster's record, until every staying node has dropped them. Rejected, before anything is changed,
 * where one holds a shard or a staying node can't be asked.
 */
export async function leave(departure: Departure): Promise<void> {
  const { leaving, staying, report, changing, timeoutSeconds } = departure;
  const deadline = new Deadline(timeoutSeconds);
  const clients = await reachStaying(departure, deadline);
  await converge<StayingNode[], Step>(
    {
      observe: () => Promise.all(staying.map((name) => observe(name, clients.get(name)!, leaving))),
      plan: (nodes) => plan(nodes, leaving),
      describe,
      async act(steps) {
        if (steps.some((step) => step.kind === "remove")) changing();
        await Promise.all(steps.map((step) => act(step, clients)));
      },
      isWaiting: (steps) => steps.every((step) => step.kind === "await"),
      isTransient: CouchDbError.isTransient,
      expired: ({ steps, error }) =>
        new DeadlineExceeded(
          timeoutSeconds,
          error ?? new Error(`${describe(steps)}; check that they are connected to the other nodes`),
        ),
    },
    deadline,
    report,
  );
}

/** The clients of the staying nodes by name. Every one must answer: what one of them does not know can't be proved. */
async function reachStaying({ connection, staying, leaving }: Departure, deadline: Deadline): Promise<Clients> {
  const clients = connection.urls.map((url) => new CouchDbClient(url, connection));
  let names: string[];
  try {
    names = await Promise.all(
      clients.map((client) => deadline.retry(() => identify(client), CouchDbError.isTransient)),
    );
  } catch (error) {
    deadline.cancel();
    throw new PlanRejected(`${leaving.join(", ")} can't leave now, and nothing has been changed: ${reasonOf(error)}`);
  }
  const byName = new Map(names.map((name, index) => [name, clients[index]!]));
  const missing = staying.filter((name) => !byName.has(name));
  if (missing.length > 0)
    throw new PlanRejected(
      `${missing.join(", ")} can't be asked whether shards live on leaving nodes: the connection's URLs lead to ` +
        `${names.join(", ")}. Give the URL of every node that stays`,
    );
  return byName;
}

function reasonOf(error: unknown): string {
  const { message } = error as Error;
  const changing = CouchDbError.isRefusal(error)
    ? "; if the password changes too, change the number of replicas in an `up` of its own"
    : "";
  const down = error instanceof DeadlineExceeded ? "; all nodes that stay must be up for others to leave" : "";
  return message + changing + down;
}

async function observe(name: string, client: CouchDbClient, leaving: readonly string[]): Promise<StayingNode> {
  const [membership, holdings] = await Promise.all([
    client.request<{ cluster_nodes: string[] }>({ path: "_membership" }),
    holdingsOf(client, leaving),
  ]);
  return { name, members: membership.cluster_nodes, holdings };
}

async function act(step: Step, clients: Clients): Promise<void> {
  if (step.kind === "remove") await remove(clients.get(step.on)!, step.name);
}
