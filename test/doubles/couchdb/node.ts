/** One node: its disk, and the parts that run from a start to the next stop. */
import { randomBytes } from "node:crypto";
import { Authentication } from "./authentication";
import { NodeConfig } from "./config";
import { DataPlane } from "./data";
import { Distribution } from "./distribution";
import { HttpListener } from "./http";
import { Membership } from "./membership";
import type { NodeParts } from "./node-parts";
import { serveForwarded } from "./node-routes";
import type { CouchDbNode, NodeSettings } from "./options";
import { adminLine, isHashed, Pbkdf2Hasher } from "./passwords";
import { Router } from "./router";
import { Seeds, seedlist } from "./seeds";
import { systemDatabases } from "./setup-state";
import { Timers } from "./timers";

interface Running extends NodeParts {
  router: Router;
  hasher: Pbkdf2Hasher;
  timers: Timers;
}

/** A node that can be killed, stopped, started and reset. */
export class Node implements CouchDbNode {
  readonly requests: { method: string; path: string; status: number }[] = [];
  private readonly disk = new Map<string, unknown>();
  private readonly listener: HttpListener;
  private running: Running | undefined;
  private port: number;

  constructor(private readonly settings: NodeSettings) {
    this.port = settings.port;
    this.listener = new HttpListener(
      {
        answer: (request) => this.current().router.answer(request),
        render: (error, request) => this.current().router.render(error, request),
        record: (method, path, status) => this.requests.push({ method, path, status }),
      },
      settings.version,
      settings.responseDelay,
    );
  }

  get name(): string {
    return this.settings.name;
  }

  get url(): string {
    return `http://${this.authority}`;
  }

  get adminUrl(): string {
    const { name, password } = this.settings.admin;
    return `http://${encodeURIComponent(name)}:${encodeURIComponent(password)}@${this.authority}`;
  }

  private get authority(): string {
    const { host } = this.settings;
    return `${host === "0.0.0.0" ? "127.0.0.1" : host}:${this.port}`;
  }

  async start(): Promise<void> {
    if (this.running) return;
    // Whoever does not care for the port is given a free one, and keeps it.
    const chosen = this.port === 0;
    if (chosen) this.port = await this.listener.listen(0, this.settings.host);
    const node = this.assemble();
    this.running = node;
    try {
      await node.distribution.listen(this.settings.distributionPort, this.settings.host);
      await this.hashAdmins(node);
      await node.membership.start(seedlist(node.config, this.name));
      if (!chosen) await this.listen(node);
      await node.seeds.start();
      await node.data.start();
      if (node.config.get("couchdb", "single_node") === "true") await this.setUpSingleNode(node);
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  async kill(): Promise<void> {
    const node = this.running;
    this.running = undefined;
    if (!node) return;
    node.timers.clear();
    node.membership.stop();
    node.seeds.stop();
    await Promise.all([node.distribution.close(), this.listener.close(), node.data.stop()]);
    // The others see the broken connections a moment later.
    await new Promise((resolve) => setTimeout(resolve, 10));
  }

  async stop(): Promise<void> {
    await this.kill();
  }

  async reset(): Promise<void> {
    await this.kill();
    this.disk.clear();
    await this.start();
  }

  private async restart(): Promise<void> {
    await this.kill();
    await this.start().catch((error: Error) => process.stderr.write(`couchdb double: ${error.message}\n`));
  }

  private async setUpSingleNode(node: Running): Promise<void> {
    node.config.set("cluster", "n", "1", false);
    for (const database of systemDatabases) await node.data.createDatabase(database);
  }

  private current(): Running {
    if (!this.running) throw new Error("the node is not running");
    return this.running;
  }

  private assemble(): Running {
    const { settings, disk } = this;
    const config = new NodeConfig(this.ini(), disk);
    const hasher = new Pbkdf2Hasher(() => Number(config.get("chttpd_auth", "iterations") ?? 600_000));
    const distribution = new Distribution(settings.name, settings.cookie, settings.registry);
    const data = new DataPlane({ name: settings.name, peers: distribution, config, hasher, disk, url: () => this.url });
    const nodes = data.localDatabase("_nodes");
    const parts: NodeParts = {
      name: settings.name,
      version: settings.version,
      connectTimeout: settings.connectTimeout,
      startedAt: Date.now(),
      config,
      distribution,
      data,
      membership: new Membership(distribution, config, nodes),
      seeds: new Seeds(seedlist(config, settings.name), distribution, [nodes, data.localDatabase("_dbs")]),
      authentication: new Authentication(config, hasher, (name) => data.userDocument(name)),
      uuid: () => uuidOf(config),
      restartSoon: () => void node.timers.after(20, () => void this.restart()),
    };
    const node: Running = { ...parts, router: new Router(parts), hasher, timers: new Timers() };
    distribution.serve("config.set", async (section: string, key: string, value: string) =>
      config.set(section, key, value),
    );
    distribution.serve("activeTasks", async () => data.activeTasks());
    serveForwarded(parts);
    config.onChange((section, key) => this.configChanged(node, section, key));
    return node;
  }

  /** What the node is started with: its configuration files, so to say. */
  private ini(): Record<string, Record<string, string>> {
    const { settings } = this;
    const { admins, chttpd, chttpd_auth, ...others } = settings.ini;
    return {
      ...others,
      admins: { [settings.admin.name]: settings.admin.password, ...admins },
      chttpd: { bind_address: settings.docker ? "any" : "127.0.0.1", port: String(this.port), ...chttpd },
      chttpd_auth: {
        ...(settings.secret === undefined ? {} : { secret: settings.secret }),
        ...(settings.hashIterations === undefined ? {} : { iterations: String(settings.hashIterations) }),
        ...chttpd_auth,
      },
    };
  }

  private configChanged(node: Running, section: string, key: string): void {
    if (section === "admins") void this.hashAdmins(node);
    const moves = section === "chttpd" && (key === "port" || key === "bind_address");
    if (moves && this.running === node) this.listenAnew(node);
  }

  /** Puts a hash in the place of every password in plain text. */
  private async hashAdmins(node: Running): Promise<void> {
    for (const [name, line] of Object.entries(node.config.section("admins"))) {
      if (isHashed(line)) continue;
      const hash = await node.hasher.hash(line);
      if (node.config.get("admins", name) === line) node.config.set("admins", name, adminLine(hash));
    }
  }

  private async listen(node: Running): Promise<void> {
    const port = Number(node.config.get("chttpd", "port"));
    if (!Number.isInteger(port)) {
      throw new Error(`${this.name} cannot listen on port ${node.config.get("chttpd", "port")}`);
    }
    this.port = await this.listener.listen(port, this.settings.host);
  }

  /**
   * The listener is restarted when its address changes: connections that are kept open are lost. It goes on listening on
   * the same port, as the gap is too short to be met by anyone but a client in this very process.
   */
  private listenAnew(node: Running): void {
    node.timers.once("listen", 2, () => {
      if (node.config.get("chttpd", "port") === String(this.port)) this.listener.closeIdle();
      else node.timers.after(20, () => void this.move(node));
    });
  }

  private async move(node: Running): Promise<void> {
    await this.listener.close();
    await this.listen(node).catch(() => this.kill());
  }
}

function uuidOf(config: NodeConfig): string {
  const known = config.get("couchdb", "uuid");
  if (known !== undefined) return known;
  const uuid = randomBytes(16).toString("hex");
  config.set("couchdb", "uuid", uuid);
  return uuid;
}
