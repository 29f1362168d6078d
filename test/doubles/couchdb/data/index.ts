import {
  allowMethods,
  type DataPlaneLike,
  HttpError,
  type HttpRequest,
  type HttpResponse,
  type LocalDatabase,
  type NodeContext,
  requireAdmin,
} from "../node-context";
import { Databases } from "./databases";
import type { DocumentAccess } from "./document-access";
import { InternalReplication } from "./internal-replication";
import { LocalAccess } from "./local-access";
import { LocalDocuments } from "./local-documents";
import { NodeDisk } from "./node-disk";
import { withoutCredentials } from "./replicator/replication-document";
import { Replicator } from "./replicator/replicator";
import { nextRevision } from "./revision";
import { routeDatabase } from "./routes/database-router";
import { createDatabase, deleteDatabase, describeDatabases, listDatabases } from "./routes/database-routes";
import type { DocumentContext } from "./routes/document-context";
import { decodeSegment } from "./routes/parameters";
import { handleReplicate, handleScheduler } from "./routes/scheduler-routes";
import { requireMember } from "./security";
import { StoreService } from "./store-service";
import type { StoredRevision } from "./store-types";
import { UserCache } from "./user-cache";
import { prepareEdits } from "./validation";

/** Databases every node has of its own, outside of any shard map. */
const NODE_LOCAL = ["_nodes", "_dbs"];
const DEFAULT_DOCUMENT_SIZE = 8_000_000;

/** Databases, documents, users and replications of one node and, through its peers, of the cluster. */
export class DataPlane implements DataPlaneLike {
  private readonly disk: NodeDisk;
  private readonly stores: StoreService;
  private readonly databases: Databases;
  private readonly internalReplication: InternalReplication;
  private readonly users: UserCache;
  private readonly replicator: Replicator;

  constructor(private readonly context: NodeContext) {
    this.disk = new NodeDisk(context.disk, context.dataFolder);
    for (const name of NODE_LOCAL) this.disk.ensure(name);
    this.stores = new StoreService(context.peers, this.disk, () => this.inMaintenance());
    this.databases = new Databases(context, this.disk, this.stores);
    this.users = new UserCache(context, this.databases);
    this.replicator = new Replicator(context, this.disk, this.databases);
    this.internalReplication = new InternalReplication(context, this.disk, this.databases, this.stores);
  }

  localDatabase(name: string): LocalDatabase {
    return new LocalDocuments(this.disk.ensure(name), this.stores);
  }

  async start(): Promise<void> {
    this.internalReplication.start();
    this.users.start();
    this.replicator.start();
  }

  async stop(): Promise<void> {
    this.internalReplication.stop();
    this.users.stop();
    this.replicator.stop();
    this.disk.close();
  }

  async handle(request: HttpRequest): Promise<HttpResponse | undefined> {
    const [first, ...rest] = request.segments;
    if (first === undefined) return undefined;
    const name = decodeSegment(first);
    switch (name) {
      case "_all_dbs":
        allowMethods(request, "GET", "HEAD");
        if (this.context.config.get("chttpd", "admin_only_all_dbs") !== "false") requireAdmin(request);
        this.refuseInMaintenance();
        return listDatabases(this.databases, request);
      case "_dbs_info":
        requireAdmin(request);
        return describeDatabases(this.databases, request);
      case "_scheduler":
        return handleScheduler(this.replicator, this.databases, request);
      case "_replicate":
        return handleReplicate(this.databases, request);
      default:
    }
    if (rest.length === 0 && request.method === "PUT") return createDatabase(this.databases, request, name);
    if (rest.length === 0 && request.method === "DELETE") return deleteDatabase(this.databases, request, name);
    const database = this.databases.find(name);
    if (!database) return undefined;
    requireMember(await database.security(), request.user);
    const sync = () => this.syncShards(name);
    return routeDatabase(this.documentContext(database, request), request, rest, sync);
  }

  async handleLocal(request: HttpRequest): Promise<HttpResponse | undefined> {
    requireAdmin(request);
    const [first, ...rest] = request.segments;
    if (first === undefined) return undefined;
    const name = decodeSegment(first);
    if (name === "_all_dbs") {
      allowMethods(request, "GET", "HEAD");
      return { status: 200, body: this.disk.names() };
    }
    const store = this.disk.get(name);
    if (!store) return undefined;
    const none = async () => {};
    return routeDatabase(this.documentContext(new LocalAccess(store), request), request, rest, none);
  }

  userDocument(name: string): Promise<Record<string, unknown> | undefined> {
    return this.users.document(name);
  }

  async databaseAnswers(name: string): Promise<boolean> {
    const database = this.databases.find(name);
    if (!database) return false;
    return database.security().then(
      () => true,
      () => false,
    );
  }

  async createDatabase(name: string): Promise<void> {
    if (!this.databases.find(name)) await this.databases.create(name, {});
  }

  activeTasks(): unknown[] {
    return this.replicator.tasks();
  }

  private inMaintenance(): boolean {
    return this.context.config.get("couchdb", "maintenance_mode") === "true";
  }

  private refuseInMaintenance(): void {
    if (this.inMaintenance()) throw new HttpError(412, "nodedown", this.context.peers.self);
  }

  /** Every node copies what it has of a database to the other holders. */
  private async syncShards(name: string): Promise<void> {
    const { peers } = this.context;
    await Promise.allSettled(peers.connected().map((node) => peers.call(node, "sync-shards", name)));
  }

  private documentContext(database: DocumentAccess, request: HttpRequest): DocumentContext {
    const { user } = request;
    const { config, hasher } = this.context;
    return {
      database,
      user,
      maximumSize: Number(config.get("couchdb", "max_document_size") ?? DEFAULT_DOCUMENT_SIZE),
      prepare: (edits) => prepareEdits({ database, user, hasher }, edits),
      reveal: (revision) => (database.name === "_replicator" ? revealReplication(revision, request) : revision),
    };
  }
}

/** Hides the credentials of a replication from all but admins and its owner; the revision then is another one. */
function revealReplication(revision: StoredRevision, { user }: HttpRequest): StoredRevision {
  if (revision.id.startsWith("_design/") || revision.deleted) return revision;
  if (user.roles.includes("_admin") || revision.body.owner === user.name) return revision;
  const body = withoutCredentials(revision.body);
  const rev = nextRevision(revision.history[1], { deleted: false, body, attachments: revision.attachments });
  return { ...revision, body, rev };
}
