/** One node: its disk, and the parts that run from a start to the next stop. */
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { Authentication } from "./authentication";
import { NodeConfig } from "./config";
import { type ConfigSource, GivenConfig, IniFiles, type Sections } from "./config-source";
import { DataPlane } from "./data";
import { Distribution } from "./distribution";
import { bindHost, Listeners } from "./listeners";
import { Membership } from "./membership";
import type { NodeParts } from "./node-parts";
import { metricsOf, serveForwarded } from "./node-routes";
import type { CouchDbNode, NodeSettings } from "./options";
import { adminLine, isHashed, isLegacy, Pbkdf2Hasher } from "./passwords";
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
  private readonly listeners: Listeners;
  private running: Running | undefined;
  private port: number;

  constructor(private readonly settings: NodeSettings) {
    this.port = settings.port;
    this.listeners = new Listeners(
      {
        answer: (request) => this.current().router.answer(request),
        render: (error, request) => this.current().router.render(error, request),
        record: (method, path, status) => this.record(method, path, status),
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
    const host = this.listeners.host ?? this.settings.host;
    return `${host === "0.0.0.0" ? "127.0.0.1" : host}:${this.port}`;
  }

  async start(): Promise<void> {
    if (this.running) return;
    // Whoever does not care for the port is given a free one, and keeps it.
    const chosen = this.port === 0 && this.settings.iniFiles === undefined;
    if (chosen) this.port = await this.listeners.listen({ port: 0, host: this.settings.host });
    const node = this.assemble();
    this.running = node;
    try {
      await node.distribution.listen(this.settings.distributionPort, this.settings.host);
      await this.hashAdmins(node);
      await node.membership.start(seedlist(node.config, this.name));
      if (!chosen) await this.listen(node);
      await this.listeners.listenBesides(node.config, () => metricsOf(node));
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
    await Promise.all([node.distribution.close(), this.listeners.close(), node.data.stop()]);
    // The others see the broken connections a moment later.
    await new Promise((resolve) => setTimeout(resolve, 10));
  }

  async stop(): Promise<void> {
    await this.kill();
  }

  async reset(): Promise<void> {
    await this.kill();
    this.disk.clear();
    if (this.settings.dataFolder !== undefined) rmSync(this.settings.dataFolder, { recursive: true, force: true });
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
    const config = new NodeConfig(this.configSource());
    const legacy = isLegacy(settings.version);
    const rounds = () => Number(config.get("chttpd_auth", "iterations") ?? (legacy ? 10 : 600_000));
    const hasher = new Pbkdf2Hasher(rounds, legacy);
    const distribution = new Distribution(settings.name, settings.cookie, settings.registry);
    const { name, dataFolder } = settings;
    const data = new DataPlane({
      ...{ name, peers: distribution, config, hasher, disk, dataFolder },
      url: () => this.url,
    });
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
    distribution.serve(
      "config.set",
      async (section: string, key: string, value: string) => void config.set(section, key, value),
    );
    distribution.serve("activeTasks", async () => data.activeTasks());
    serveForwarded(parts);
    config.onChange((section, key, _value, kept) => this.configChanged(node, section, key, kept));
    return node;
  }

  private configSource(): ConfigSource {
    const { iniFiles } = this.settings;
    return iniFiles === undefined ? new GivenConfig(this.ini(), this.disk) : new IniFiles(iniFiles);
  }

  /** What a node without files is started with. */
  private ini(): Sections {
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

  private configChanged(node: Running, section: string, key: string, kept: boolean): void {
    if (section === "admins") void this.hashAdmins(node, kept);
    const moves = section === "chttpd" && (key === "port" || key === "bind_address");
    if (moves && this.running === node) this.listenAnew(node);
  }

  /** Puts a hash in the place of every password in plain text. */
  private async hashAdmins(node: Running, keep = true): Promise<void> {
    for (const [name, line] of Object.entries(node.config.section("admins"))) {
      if (isHashed(line, isLegacy(this.settings.version))) continue;
      const hash = await node.hasher.hash(line);
      if (node.config.get("admins", name) === line) node.config.set("admins", name, adminLine(hash), keep);
    }
  }

  /** Where the configuration wants the node to listen; tests listen where they want. */
  private address(node: Running): { port: string; host: string } {
    const port = node.config.get("chttpd", "port") ?? "5984";
    return { port, host: this.settings.iniFiles === undefined ? this.settings.host : bindHost(node.config, "chttpd") };
  }

  private async listen(node: Running): Promise<void> {
    const { port, host } = this.address(node);
    if (!Number.isInteger(Number(port))) throw new Error(`${this.name} cannot listen on port ${port}`);
    this.port = await this.listeners.listen({ port: Number(port), host });
  }

  /**
   * The listener is restarted when its address changes: connections that are kept open are lost. If the address is the
   * same after all it goes on listening, as the gap is too short to be met by anyone but a client in this very process.
   */
  private listenAnew(node: Running): void {
    node.timers.once("listen", 2, () => {
      if (this.listeners.isAt(this.address(node))) this.listeners.closeIdle();
      else node.timers.after(20, () => void this.move(node));
    });
  }

  private async move(node: Running): Promise<void> {
    await this.listeners.close();
    await this.listen(node)
      .then(() => this.listeners.listenBesides(node.config, () => metricsOf(node)))
      .catch(() => this.kill());
  }

  private record(method: string, path: string, status: number): void {
    const { log } = this.settings;
    if (log) log(`[notice] ${method} ${path} ${status}`);
    else this.requests.push({ method, path, status });
  }
}

function uuidOf(config: NodeConfig): string {
  const known = config.get("couchdb", "uuid");
  if (known !== undefined) return known;
  const uuid = randomBytes(16).toString("hex");
  config.set("couchdb", "uuid", uuid);
  return uuid;
}
