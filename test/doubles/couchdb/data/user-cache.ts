import type { NodeContext } from "../node-context";
import type { Databases } from "./databases";
import type { JsonObject } from "./json";
import { USER_DESIGN } from "./user-design";
import { userDocumentId } from "./users";

const DATABASE = "_users";
/** How long a changed user document goes unnoticed. */
const KEPT_FOR = 200;
/** How often the node looks whether `_users` has its design document, and how long a new `_users` is without. */
const LOOK_INTERVAL = 1000;
const LOOKS_BEFORE_DESIGN = 2;

/** The users of the cluster as one node remembers them, and the design document it gives `_users`. */
export class UserCache {
  private readonly remembered = new Map<string, { at: number; body: JsonObject }>();
  private timer: NodeJS.Timeout | undefined;
  private looks = 0;

  constructor(
    private readonly context: NodeContext,
    private readonly databases: Databases,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.ensureDesign().catch(() => {}), LOOK_INTERVAL);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** The document of a user, perhaps as it was a moment ago. */
  async document(name: string): Promise<JsonObject | undefined> {
    const kept = this.remembered.get(name);
    if (kept && Date.now() - kept.at < KEPT_FOR) return kept.body;
    const revision = await this.databases
      .find(DATABASE)
      ?.open(userDocumentId(name))
      .catch(() => undefined);
    this.remembered.delete(name);
    if (!revision || revision.deleted) return undefined;
    this.remembered.set(name, { at: Date.now(), body: revision.body });
    return revision.body;
  }

  /** Writes `_design/_auth`, some seconds after `_users` was made. */
  private async ensureDesign(): Promise<void> {
    const database = this.databases.find(DATABASE);
    const holders = Object.values(database?.map.ranges ?? {}).flat();
    if (!database || !holders.includes(this.context.peers.self)) {
      this.looks = 0;
      return;
    }
    if (this.looks++ !== LOOKS_BEFORE_DESIGN) return;
    const existing = await database.open(USER_DESIGN.id);
    if (!existing) await database.update([USER_DESIGN], "replicated");
  }
}
