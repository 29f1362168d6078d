import type { JsonObject } from "./json";
import { type Attachment, compareRevisions } from "./revision";

/** One revision of a document. */
export interface Revision {
  rev: string;
  parent?: string;
  deleted: boolean;
  /** Absent for an ancestor known by name alone. */
  body?: JsonObject;
  attachments: Attachment[];
}

/** Every known revision of one document; edits that did not know of each other are branches of it. */
export class RevisionTree {
  private readonly revisions = new Map<string, Revision>();
  /** The leaves as they were found last; undefined after a change. */
  private known: Revision[] | undefined;

  get(rev: string): Revision | undefined {
    return this.revisions.get(rev);
  }

  /** The ends of all branches, the winner first. */
  leaves(): Revision[] {
    this.known ??= this.findLeaves();
    return this.known;
  }

  private findLeaves(): Revision[] {
    const parents = new Set([...this.revisions.values()].map((revision) => revision.parent));
    return [...this.revisions.values()]
      .filter((revision) => !parents.has(revision.rev))
      .sort((a, b) => Number(a.deleted) - Number(b.deleted) || compareRevisions(b.rev, a.rev));
  }

  /** The leaf every node answers with: not deleted before deleted, then the higher revision. */
  winner(): Revision | undefined {
    return this.leaves()[0];
  }

  /** A revision and its ancestors, newest first. */
  history(rev: string): string[] {
    const path: string[] = [];
    for (let at: string | undefined = rev; at !== undefined; at = this.revisions.get(at)?.parent) path.push(at);
    return path;
  }

  /** Adds a revision with its history (newest first); false when it was there already. */
  add(history: string[], content: Pick<Revision, "deleted" | "body" | "attachments">): boolean {
    const rev = history[0] as string;
    const known = this.revisions.get(rev);
    if (known?.body) return false;
    for (const [index, ancestor] of history.entries()) {
      const existing = this.revisions.get(ancestor);
      const parent = history[index + 1];
      if (existing) existing.parent ??= parent;
      else this.revisions.set(ancestor, { rev: ancestor, parent, deleted: false, attachments: [] });
    }
    Object.assign(this.revisions.get(rev) as Revision, content);
    this.known = undefined;
    return true;
  }

  /** Forgets a leaf and those of its ancestors that no other branch needs; false when it is not a leaf. */
  purge(rev: string): boolean {
    if (!this.leaves().some((leaf) => leaf.rev === rev)) return false;
    for (const ancestor of this.history(rev)) {
      if ([...this.revisions.values()].some((revision) => revision.parent === ancestor)) break;
      this.revisions.delete(ancestor);
      this.known = undefined;
    }
    return true;
  }

  /** Forgets the content of everything but the leaves. */
  compact(): void {
    const leaves = new Set(this.leaves());
    for (const revision of this.revisions.values()) {
      if (leaves.has(revision)) continue;
      revision.body = undefined;
      revision.attachments = [];
    }
  }

  get empty(): boolean {
    return this.revisions.size === 0;
  }
}
