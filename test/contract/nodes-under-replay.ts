/** The nodes that a scenario runs on: started, joined and stopped as its events say. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../eventually";
import { type FreshNodes, freshDouble, freshNodes, freshNodesCommand, TEST_HASH_ITERATIONS } from "../nodes";
import { ADMIN } from "./credentials";
import type { Action } from "./events";
import type { NodeId } from "./recording";
import { send } from "./request";
import { CONNECT_TIMEOUT_MS, quickConfiguration } from "./times";
import { Values } from "./values";

/** Thrown where the nodes of `COUCHDB_FRESH_NODES` cannot do what an event says. */
export class NotReplayableHere extends Error {}

const RECORDED_HOST = "127.0.0.1";
const single = { action: "enable_single_node" };

/** How often real nodes hash a password, and with them the recordings. */
const RECORDED_ITERATIONS = 600_000;

/** A recorded port that any connection of this machine may hold for as long as it lasts, and one that none is given. */
const MOVED_PORT = { recorded: 35_984, actual: 30_984 };

export class NodesUnderReplay {
  private fresh: FreshNodes | undefined;
  values = new Values();
  admin = ADMIN;
  readonly real = freshNodesCommand() !== undefined;

  constructor(private readonly recording: string) {}

  /** Where a node listens. */
  origin(id: NodeId): string {
    const node = this.fresh?.nodes[indexOf(id)];
    if (!node) throw new Error(`${id} was not started`);
    return node.url;
  }

  async act(action: Action): Promise<void> {
    switch (action.do) {
      case "nothing":
        return;
      case "fresh":
        await this.stop();
        await (this.real ? this.startReal(action) : this.startDouble(action));
        return;
      case "join":
        return this.join(action.nodes);
      case "single":
        await Promise.all(action.nodes.map((id) => this.setUp(id, { ...single, ...this.enabling(id) })));
        return;
      default:
        return this.stopOrStart(action.do, action.nodes);
    }
  }

  async stop(): Promise<void> {
    await this.fresh?.stop();
    this.fresh = undefined;
  }

  private async startDouble(action: Extract<Action, { do: "fresh" }>): Promise<void> {
    const quick = quickConfiguration(this.recording);
    const nodes = Object.values(action.nodes).map((node) => ({
      ...node,
      port: node.port === MOVED_PORT.recorded ? MOVED_PORT.actual : node.port,
      ini: { ...quick, ...node.ini },
    }));
    this.fresh = await onceFree(() =>
      freshDouble(nodes, {
        admin: { name: ADMIN.user, password: ADMIN.password },
        connectTimeout: CONNECT_TIMEOUT_MS,
      }),
    );
    this.values = new Values();
    this.values.setNumber(RECORDED_ITERATIONS, TEST_HASH_ITERATIONS);
    this.setPort(MOVED_PORT.recorded, MOVED_PORT.actual);
  }

  private async startReal(action: Extract<Action, { do: "fresh" }>): Promise<void> {
    if (action.flags.length > 0) throw new NotReplayableHere(`needs nodes with ${action.flags.join(" ")}`);
    const recorded = Object.values(action.nodes);
    this.fresh = await freshNodes(recorded.length);
    const { adminUser: user, adminPassword: password } = this.fresh.nodes[0]!;
    this.admin = { user, password } as typeof ADMIN;
    const state = await send({ ...this.asAdmin("node1"), method: "GET", path: "/_cluster_setup" });
    const docker = !String(state.response_body).includes("cluster_disabled");
    if (docker !== action.docker) {
      throw new NotReplayableHere(`needs ${action.docker ? "docker-like" : "plain"} nodes`);
    }
    this.values = new Values();
    this.values.setWord(ADMIN.user, this.admin.user);
    this.values.setWord(ADMIN.password, this.admin.password);
    const credentials = [this.admin.user, this.admin.password].map(encodeURIComponent).join(":");
    this.values.set(`${ADMIN.user}:${ADMIN.password}`, credentials);
    this.fresh.nodes.forEach((node, index) => {
      const { name = "", port = 0 } = recorded[index] ?? {};
      const { hostname, port: actualPort } = new URL(node.url);
      this.values.set(name, node.name);
      this.values.set(name.replace("@", "%40"), node.name.replace("@", "%40"));
      this.setPort(port, Number(actualPort), hostname);
    });
  }

  private setPort(recorded: number, actual: number, host = RECORDED_HOST): void {
    this.values.set(`${RECORDED_HOST}:${recorded}`, `${host}:${actual}`);
    this.values.setNumber(recorded, actual);
  }

  /** A body of `add_node` says by its port which name is meant; with other ports the name must be said. */
  addNodeBody(body: Record<string, unknown>): Record<string, unknown> {
    const isPlain = body.action === "add_node" && body.host === RECORDED_HOST && body.name === undefined;
    const node = this.fresh?.nodes.find((candidate) => new URL(candidate.url).port === String(body.port));
    const isAsRecorded = !this.real && body.port !== MOVED_PORT.actual;
    if (isAsRecorded || !isPlain || !node) return body;
    const [name, host] = node.name.split("@");
    return { ...body, name, host };
  }

  private async join(ids: NodeId[]): Promise<void> {
    const [coordinator, ...others] = ids as [NodeId, ...NodeId[]];
    const enable = { action: "enable_cluster", node_count: ids.length };
    await Promise.all(ids.map((id) => this.setUp(id, { ...enable, ...this.enabling(id) }, /already enabled/)));
    for (const id of others) {
      const { port } = new URL(this.origin(id));
      const { user: username, password } = this.admin;
      await this.setUp(
        coordinator,
        this.addNodeBody({ action: "add_node", host: RECORDED_HOST, port: Number(port), username, password }),
      );
    }
    await this.setUp(coordinator, { action: "finish_cluster" });
    for (const id of ids) await this.until(id, "/_membership", (body) => joined(body, ids.length));
    for (const id of ids) await this.until(id, "/_cluster_setup", (body) => /cluster_finished/.test(body));
  }

  private enabling(id: NodeId): Record<string, unknown> {
    const { user: username, password } = this.admin;
    return { bind_address: "0.0.0.0", username, password, port: Number(new URL(this.origin(id)).port) };
  }

  private async setUp(id: NodeId, body: Record<string, unknown>, accepted = /^$/): Promise<void> {
    const answer = await send({
      ...this.asAdmin(id),
      method: "POST",
      path: "/_cluster_setup",
      body: JSON.stringify(body),
    });
    if (answer.status === 201 || accepted.test(String(answer.response_body))) {
      await this.until(id, "/_up", (text) => /"ok"/.test(text));
      return;
    }
    const got = `${answer.status} ${answer.response_body ?? answer.transport_error}`;
    throw new Error(`${JSON.stringify(body.action)} on ${id} answered ${got}`);
  }

  private async until(id: NodeId, path: string, good: (body: string) => boolean): Promise<void> {
    const answered = async () => {
      const { status, response_body } = await send({ ...this.asAdmin(id), method: "GET", path });
      assert.ok(status === 200 && good(String(response_body)), `it answers ${status} ${response_body}`);
      return true;
    };
    await eventually(`${path} of ${id} is answered as expected`, answered, { everyMs: 20 });
  }

  private asAdmin(id: NodeId): { origin: string; headers: Record<string, string> } {
    const credentials = Buffer.from(`${this.admin.user}:${this.admin.password}`).toString("base64");
    const headers = { authorization: `Basic ${credentials}`, "content-type": "application/json" };
    return { origin: this.origin(id), headers };
  }

  private async stopOrStart(verb: "kill" | "stop" | "start" | "start-nowait" | "reset", ids: NodeId[]): Promise<void> {
    const double = this.fresh?.double;
    if (!double) throw new NotReplayableHere(`the command cannot ${verb} a node`);
    const nodes = ids.map((id) => double.nodes[indexOf(id)]);
    const done = Promise.all(nodes.map((node) => node?.[verb === "start-nowait" ? "start" : verb]()));
    if (verb !== "start-nowait") await done;
  }
}

/** The recorded ports are among those that any connection of this machine may have for a moment. */
async function onceFree<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE" || attempt === 20) throw error;
      await sleep(100);
    }
  }
}

function indexOf(id: NodeId): number {
  return Number(id.slice("node".length)) - 1;
}

function joined(membership: string, count: number): boolean {
  const { all_nodes, cluster_nodes } = JSON.parse(membership) as Record<string, string[]>;
  return all_nodes?.length === count && cluster_nodes?.length === count;
}
