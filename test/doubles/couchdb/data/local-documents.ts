import { HttpError, type LocalDatabase, type LocalDocument } from "../node-context";
import { parseDocument, renderDocument } from "./document";
import type { LocalStore } from "./local-store";
import type { StoreService } from "./store-service";

/** A node-local database as the cluster half uses it. */
export class LocalDocuments implements LocalDatabase {
  constructor(
    private readonly store: LocalStore,
    private readonly stores: StoreService,
  ) {}

  ids(): string[] {
    return this.store.ids().map(({ id }) => id);
  }

  get(id: string): LocalDocument | undefined {
    const revision = this.store.open(id);
    return revision && !revision.deleted ? (renderDocument(revision) as unknown as LocalDocument) : undefined;
  }

  async put(document: LocalDocument): Promise<string> {
    const edit = parseDocument(document, document._id);
    const [result] = this.store.update([edit], "interactive");
    if (!result || "error" in result) throw new HttpError(409, "conflict", "Document update conflict.");
    return result.rev;
  }

  onChange(listener: (replicated: boolean) => void): void {
    this.store.onChange((mode) => listener(mode === "replicated"));
  }

  pushTo(node: string): Promise<void> {
    return this.stores.push(this.store.name, node);
  }
}
