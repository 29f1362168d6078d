import { HttpError } from "../node-context";
import type { Edit } from "./document";
import type { DocumentAccess, FeedPage, Written } from "./document-access";
import type { Json, JsonObject } from "./json";
import type { LocalStore } from "./local-store";
import type { IdRow, StoredRevision } from "./store-types";

/** A file of this node behind the interface that the HTTP handlers use. */
export class LocalAccess implements DocumentAccess {
  readonly local = true;
  readonly partitioned = false;

  constructor(private readonly store: LocalStore) {}

  get name(): string {
    return this.store.name;
  }

  async info(): Promise<JsonObject> {
    return this.store.info();
  }

  async security(): Promise<JsonObject> {
    return (this.store.property("security") as JsonObject | undefined) ?? {};
  }

  async update(edits: Edit[], mode: "interactive" | "replicated"): Promise<Written[]> {
    return this.store.update(edits, mode);
  }

  async open(id: string, rev?: string): Promise<StoredRevision | undefined> {
    return this.store.open(id, rev);
  }

  async openLeaves(id: string): Promise<StoredRevision[]> {
    return this.store.openLeaves(id);
  }

  async available(id: string, revs: string[]): Promise<boolean[]> {
    return this.store.available(id, revs);
  }

  async ids(): Promise<IdRow[]> {
    return this.store.ids();
  }

  async documents(prefix = ""): Promise<StoredRevision[]> {
    return this.store.documents(prefix);
  }

  async changes(since: string | undefined, descending = false): Promise<FeedPage> {
    const from = since === "now" ? Number.MAX_SAFE_INTEGER : Number(since ?? 0);
    if (Number.isNaN(from)) {
      throw new HttpError(400, "bad_request", "Malformed sequence supplied in 'since' parameter.");
    }
    const { rows, updateSeq } = this.store.changes(from);
    return { rows: descending ? rows.reverse() : rows, lastSeq: updateSeq };
  }

  async missing(revisions: Record<string, string[]>): ReturnType<DocumentAccess["missing"]> {
    return this.store.missing(revisions);
  }

  async purge(id: string, revs: string[]): Promise<string[]> {
    return this.store.purge(id, revs);
  }

  async compact(): Promise<void> {
    this.store.compact();
  }

  async openLocal(id: string): ReturnType<DocumentAccess["openLocal"]> {
    return this.store.openLocal(id);
  }

  async putLocal(id: string, rev: string | undefined, body: JsonObject): Promise<Written> {
    return this.store.putLocal(id, rev, body);
  }

  async deleteLocal(id: string): Promise<boolean> {
    return this.store.deleteLocal(id);
  }

  async localIds(): Promise<IdRow[]> {
    return this.store.localIds();
  }

  async property(name: string): Promise<Json | undefined> {
    return this.store.property(name);
  }

  async setProperty(name: string, value: Json): Promise<void> {
    this.store.setProperty(name, value);
  }
}
