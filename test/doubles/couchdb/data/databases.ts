import { HttpError, type NodeContext } from "../node-context";
import { Database } from "./database";
import { renderDocument } from "./document";
import { internalError, noDatabase } from "./errors";
import type { LocalStore } from "./local-store";
import type { NodeDisk } from "./node-disk";
import { fromDocument, planShards, type ShardMap, shardName, toDocument } from "./shard-map";
import type { StoreService } from "./store-service";

const SYSTEM_DATABASES = ["_users", "_replicator", "_global_changes"];

/** Parameters of `PUT /db`. */
export interface Creation {
  shards?: number;
  copies?: number;
  placement?: string;
  partitioned?: boolean;
}

/** The databases of the cluster as this node knows them: the documents of its `_dbs`. */
export class Databases {
  private readonly shardMaps: LocalStore;
  private readonly cache = new Map<string, { rev: string; database: Database }>();

  constructor(
    private readonly context: NodeContext,
    private readonly disk: NodeDisk,
    private readonly stores: StoreService,
  ) {
    this.shardMaps = disk.ensure("_dbs");
    this.shardMaps.onChange(() => this.makeMissingFiles());
    context.peers.serve("write-shard-map", async (map: ShardMap) => {
      const { _id, ...body } = toDocument(map);
      const edit = { id: map.database, history: [], deleted: false, body, attachments: [] };
      return this.shardMaps.update([edit], "interactive")[0];
    });
    context.peers.serve("delete-shard-map", async (name: string) => this.deleteHere(name));
  }

  names(): string[] {
    return this.shardMaps.ids().map(({ id }) => id);
  }

  maps(): ShardMap[] {
    return this.names().flatMap((name) => this.find(name)?.map ?? []);
  }

  /** The database of that name, if there is one. */
  find(name: string): Database | undefined {
    const revision = this.shardMaps.open(name);
    if (!revision || revision.deleted) return undefined;
    const cached = this.cache.get(name);
    if (cached?.rev === revision.rev) return cached.database;
    const map = fromDocument(renderDocument(revision));
    if (!map) return undefined;
    const database = new Database(map, this.stores);
    this.cache.set(name, { rev: revision.rev, database });
    return database;
  }

  /** The database of that name; 404 if there is none. */
  get(name: string): Database {
    const database = this.find(name);
    if (!database) throw noDatabase();
    return database;
  }

  /** Makes a database; answers whether a majority of the members has recorded it. */
  async create(name: string, wanted: Creation): Promise<"created" | "accepted"> {
    checkName(name);
    if (this.find(name)) {
      const reason = "The database could not be created, the file already exists.";
      throw new HttpError(412, "file_exists", reason);
    }
    if (wanted.placement !== undefined || this.context.config.get("cluster", "placement")) {
      throw internalError("unknown_error", "no_nodes_in_zone");
    }
    const { config, peers } = this.context;
    const members = peers.members();
    const map = planShards({
      database: name,
      shards: wanted.shards ?? Number(config.get("cluster", "q") ?? 2),
      copies: wanted.copies ?? Number(config.get("cluster", "n") ?? 3),
      nodes: members,
      partitioned: wanted.partitioned ?? false,
      createdAt: Date.now(),
    });
    await Promise.allSettled(
      Object.entries(map.ranges).flatMap(([range, nodes]) =>
        nodes.map((node) => this.stores.create(node, shardName(map, range))),
      ),
    );
    const recorded = await this.onAll(members, "write-shard-map", map);
    return recorded >= Math.floor(members.length / 2) + 1 ? "created" : "accepted";
  }

  /** Deletes a database; answers whether every member has heard of it. */
  async delete(name: string): Promise<"deleted" | "accepted"> {
    this.get(name);
    const members = this.context.peers.members();
    const done = await this.onAll(members, "delete-shard-map", name);
    if (done === members.length) return "deleted";
    if (done >= Math.floor(members.length / 2) + 1) return "accepted";
    throw internalError("error", "internal_server_error");
  }

  private async onAll(members: string[], operation: string, argument: unknown): Promise<number> {
    const answers = await Promise.allSettled(members.map((node) => this.context.peers.call(node, operation, argument)));
    return answers.filter(({ status }) => status === "fulfilled").length;
  }

  private deleteHere(name: string): boolean {
    const database = this.find(name);
    const revision = this.shardMaps.open(name);
    if (!database || !revision) return true;
    for (const range of Object.keys(database.map.ranges)) this.disk.delete(shardName(database.map, range));
    const edit = { id: name, history: revision.history, deleted: true, body: {}, attachments: [] };
    this.shardMaps.update([edit], "interactive");
    return true;
  }

  /** A shard map that names this node gives it an empty file; nothing is copied by that. */
  private makeMissingFiles(): void {
    for (const map of this.maps()) {
      for (const [range, nodes] of Object.entries(map.ranges)) {
        if (nodes.includes(this.context.peers.self)) this.disk.ensure(shardName(map, range));
      }
    }
  }
}

function checkName(name: string): void {
  if (SYSTEM_DATABASES.includes(name)) return;
  if (!/^[a-z][a-z0-9_$()+/-]*$/.test(name)) {
    throw new HttpError(
      400,
      "illegal_database_name",
      `Name: '${name}'. Only lowercase characters (a-z), digits (0-9), and any of the characters _, $, (, ), +, -, and / ` +
        "are allowed. Must begin with a letter.",
    );
  }
  // A file name is at most 255 bytes, of which CouchDB keeps some for suffixes.
  if (name.split("/").some((segment) => segment.length > 238)) {
    throw new HttpError(400, "database_name_too_long", `At least one path segment of \`${name}\` is too long.`);
  }
}
