import type { DataPlaneLike, HttpRequest, HttpResponse, LocalDatabase, NodeContext } from "../node-context";
import { LocalDocuments } from "./local-documents";
import { NodeDisk } from "./node-disk";
import { StoreService } from "./store-service";

/** Databases every node has of its own, outside of any shard map. */
const NODE_LOCAL = ["_nodes", "_dbs"];

/** Databases, documents, users and replications of one node and, through its peers, of the cluster. */
export class DataPlane implements DataPlaneLike {
  private readonly disk: NodeDisk;
  private readonly stores: StoreService;

  constructor(readonly context: NodeContext) {
    this.disk = new NodeDisk(context.disk);
    for (const name of NODE_LOCAL) this.disk.ensure(name);
    this.stores = new StoreService(context.peers, this.disk, (name) => NODE_LOCAL.includes(name));
  }

  localDatabase(name: string): LocalDatabase {
    return new LocalDocuments(this.disk.ensure(name), this.stores);
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  async handle(_request: HttpRequest): Promise<HttpResponse | undefined> {
    return undefined;
  }

  async handleLocal(_request: HttpRequest): Promise<HttpResponse | undefined> {
    return undefined;
  }

  async userDocument(_name: string): Promise<Record<string, unknown> | undefined> {
    return undefined;
  }

  async databaseAnswers(_name: string): Promise<boolean> {
    return false;
  }

  async createDatabase(_name: string): Promise<void> {}

  activeTasks(): unknown[] {
    return [];
  }
}
