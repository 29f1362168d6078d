import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import { withData } from "./attachments";
import type { Edit } from "./document";
import type { Json, JsonObject } from "./json";
import { nextRevision, parseRevision } from "./revision";
import { type Revision, RevisionTree } from "./revision-tree";
import type { StoreJournal, StoreRecord } from "./store-journal";
import type { Change, IdRow, Settings, StoredRevision, UpdateResult } from "./store-types";

type RevisionContent = Pick<Revision, "deleted" | "attachments"> & { body: JsonObject };

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** A database file of one node: `_nodes`, `_dbs`, or one copy of one shard. Knows nothing of the cluster. */
export class LocalStore {
  private readonly trees = new Map<string, RevisionTree>();
  private readonly sequences = new Map<string, number>();
  private readonly localDocuments = new Map<string, { rev: number; body: JsonObject }>();
  private readonly emitter = new EventEmitter().setMaxListeners(0);
  private uuid = randomBytes(16).toString("hex");
  private instanceStartTime = `${Date.now()}000`;
  private updateSeq = 0;
  private purgeSeq = 0;
  private readonly properties: Settings = {};
  /** Changes on their way to the journal. */
  private unwritten: StoreRecord[] = [];

  /** With a journal, the store is as it was when the journal was written last. */
  constructor(
    readonly name: string,
    private readonly journal?: StoreJournal,
  ) {
    const records = journal?.read() ?? [];
    for (const record of records) this.replay(record);
    this.unwritten = [];
    if (records.length === 0) journal?.rewrite([this.identity()]);
  }

  /** What `GET` of the database says on its node. */
  info(): JsonObject & { doc_count: number; doc_del_count: number; update_seq: number; purge_seq: number } {
    const winners = [...this.trees.values()].map((tree) => tree.winner() as Revision);
    const deleted = winners.filter((winner) => winner.deleted).length;
    const external = winners.reduce((sum, winner) => sum + JSON.stringify(winner.body ?? {}).length, 0);
    return {
      db_name: this.name,
      engine: "couch_bt_engine",
      doc_count: winners.length - deleted,
      doc_del_count: deleted,
      update_seq: this.updateSeq,
      purge_seq: this.purgeSeq,
      compact_running: false,
      sizes: { active: external * 3, external, file: 4259 + external * 4 },
      instance_start_time: this.instanceStartTime,
      disk_format_version: 8,
      committed_update_seq: this.updateSeq,
      compacted_seq: 0,
      props: {},
      uuid: this.uuid,
    };
  }

  /** Stores edits; interactive ones must be based on a leaf, replicated ones bring their own revision. */
  update(edits: Edit[], mode: "interactive" | "replicated"): UpdateResult[] {
    const before = this.updateSeq;
    let results: UpdateResult[];
    try {
      results = edits.map((edit) => (mode === "interactive" ? this.edit(edit) : this.merge(edit)));
    } finally {
      this.flush();
    }
    if (this.updateSeq > before) this.emitter.emit("change", mode);
    return results;
  }

  private edit(edit: Edit): UpdateResult {
    const tree = this.trees.get(edit.id) ?? new RevisionTree();
    const parent = this.parentOf(edit, tree);
    if (parent === "conflict") return { error: "conflict", reason: "Document update conflict." };
    const generation = parent ? parseRevision(parent).generation + 1 : 1;
    const attachments = withData(edit.attachments, parent ? tree.get(parent) : undefined, generation);
    const content = { deleted: edit.deleted, body: edit.body, attachments };
    const rev = nextRevision(parent, content);
    const ancestors = parent ? (tree.get(parent) ? tree.history(parent) : edit.history) : [];
    this.add(edit.id, tree, [rev, ...ancestors], content);
    return { rev };
  }

  private parentOf(edit: Edit, tree: RevisionTree): string | undefined | "conflict" {
    const winner = tree.winner();
    const [base] = edit.history;
    // A revision of a document that is not there is believed.
    if (!winner) return base;
    if (base === undefined) return winner.deleted ? winner.rev : "conflict";
    return tree.leaves().some((leaf) => leaf.rev === base) ? base : "conflict";
  }

  private merge(edit: Edit): UpdateResult {
    const tree = this.trees.get(edit.id) ?? new RevisionTree();
    const [rev] = edit.history as [string];
    const parent = edit.history.slice(1).find((ancestor) => tree.get(ancestor)?.body);
    const attachments = withData(
      edit.attachments,
      parent ? tree.get(parent) : undefined,
      parseRevision(rev).generation,
    );
    this.add(edit.id, tree, edit.history, { deleted: edit.deleted, body: edit.body, attachments });
    return { rev };
  }

  private add(id: string, tree: RevisionTree, history: string[], content: RevisionContent): void {
    if (!tree.add(history, content)) return;
    this.touch(id, tree);
    if (this.journal) this.unwritten.push({ id, add: history, ...content });
  }

  private touch(id: string, tree: RevisionTree): void {
    this.trees.set(id, tree);
    // Written again at the end, so that the map is in the order of the sequences.
    this.sequences.delete(id);
    this.sequences.set(id, ++this.updateSeq);
  }

  /** One revision: the winner, or the one asked for if it is still stored. */
  open(id: string, rev?: string): StoredRevision | undefined {
    const tree = this.trees.get(id);
    const revision = rev === undefined ? tree?.winner() : tree?.get(rev);
    if (!tree || !revision?.body) return undefined;
    const { deleted, body, attachments } = revision;
    return { id, rev: revision.rev, deleted, body, attachments, history: tree.history(revision.rev) };
  }

  /** Every leaf of a document, the winner first. */
  openLeaves(id: string): StoredRevision[] {
    const leaves = this.trees.get(id)?.leaves() ?? [];
    return leaves.flatMap((leaf) => this.open(id, leaf.rev) ?? []);
  }

  /** Which revisions of a history are stored with their content. */
  available(id: string, revs: string[]): boolean[] {
    return revs.map((rev) => this.trees.get(id)?.get(rev)?.body !== undefined);
  }

  /** The documents that are not deleted, by id as bytes order them. */
  ids(): IdRow[] {
    const rows: IdRow[] = [];
    for (const [id, tree] of this.trees) {
      const winner = tree.winner() as Revision;
      if (!winner.deleted) rows.push({ id, rev: winner.rev });
    }
    return rows.sort((a, b) => byText(a.id, b.id));
  }

  /** The winners that are not deleted and whose ids begin so, by id. */
  documents(prefix = ""): StoredRevision[] {
    return this.ids().flatMap(({ id }) => (id.startsWith(prefix) ? (this.open(id) ?? []) : []));
  }

  /** The documents changed after `since`, oldest change first. */
  changes(since: number): { rows: Change[]; updateSeq: number } {
    if (since >= this.updateSeq) return { rows: [], updateSeq: this.updateSeq };
    const rows = [...this.sequences]
      .filter(([, seq]) => seq > since)
      .map(([id, seq]) => ({
        id,
        seq,
        leaves: (this.trees.get(id) as RevisionTree).leaves().map(({ rev, deleted }) => ({ rev, deleted })),
      }));
    return { rows, updateSeq: this.updateSeq };
  }

  /** Which of the named revisions are not here, with the leaves that may be their ancestors. */
  missing(revisions: Record<string, string[]>): Record<string, { missing: string[]; possible_ancestors?: string[] }> {
    const result: Record<string, { missing: string[]; possible_ancestors?: string[] }> = {};
    for (const [id, revs] of Object.entries(revisions)) {
      const tree = this.trees.get(id);
      const missing = revs.filter((rev) => !tree?.get(rev));
      if (missing.length === 0) continue;
      const highest = Math.max(...missing.map((rev) => parseRevision(rev).generation));
      const ancestors = (tree?.leaves() ?? [])
        .map((leaf) => leaf.rev)
        .filter((rev) => parseRevision(rev).generation < highest);
      result[id] = ancestors.length > 0 ? { missing, possible_ancestors: ancestors } : { missing };
    }
    return result;
  }

  /** Removes revisions without a trace; answers those that were leaves. */
  purge(id: string, revs: string[]): string[] {
    const purged = this.forget(id, revs);
    if (purged.length > 0) this.write({ id, purge: purged });
    return purged;
  }

  private forget(id: string, revs: string[]): string[] {
    const tree = this.trees.get(id);
    const purged = revs.filter((rev) => tree?.purge(rev));
    if (tree && purged.length > 0) {
      this.purgeSeq++;
      if (tree.empty) {
        this.trees.delete(id);
        this.sequences.delete(id);
        this.updateSeq++;
      } else this.touch(id, tree);
    }
    return purged;
  }

  compact(): void {
    for (const tree of this.trees.values()) tree.compact();
    this.journal?.rewrite(this.snapshot());
  }

  /** A `_local/` document, which is neither replicated nor listed. */
  openLocal(id: string): { rev: string; body: JsonObject } | undefined {
    const document = this.localDocuments.get(id);
    return document && { rev: `0-${document.rev}`, body: document.body };
  }

  /** Writes a `_local/` document over the given revision (none counts as new). */
  putLocal(id: string, rev: string | undefined, body: JsonObject): UpdateResult {
    const next = rev === undefined ? 1 : parseRevision(rev).generation === 0 ? Number(rev.slice(2)) + 1 : 1;
    this.localDocuments.set(id, { rev: next, body });
    this.write({ local: id, rev: next, body });
    return { rev: `0-${next}` };
  }

  deleteLocal(id: string): boolean {
    this.write({ local: id, gone: true });
    return this.localDocuments.delete(id);
  }

  localIds(): IdRow[] {
    return [...this.localDocuments]
      .map(([id, { rev }]) => ({ id, rev: `0-${rev}` }))
      .sort((a, b) => byText(a.id, b.id));
  }

  /** `security`, `revsLimit` and the like, which are no documents. */
  property(name: string): Json | undefined {
    return this.properties[name]?.value;
  }

  setProperty(name: string, value: Json): void {
    this.adoptSettings({ [name]: { value, setAt: Date.now() } });
    this.emitter.emit("change");
  }

  /** What `setProperty` has set, to be handed to the other copies. */
  settings(): Settings {
    return this.properties;
  }

  /** Takes over settings of another copy that are newer than those here. */
  adoptSettings(settings: Settings): void {
    for (const [name, setting] of Object.entries(settings)) {
      if (setting.setAt < (this.properties[name]?.setAt ?? 0)) continue;
      const known = JSON.stringify(this.properties[name]) === JSON.stringify(setting);
      this.properties[name] = setting;
      if (!known) this.write({ settings: { [name]: setting } });
    }
  }

  /** Called after every change; replicated ones came from another node. */
  onChange(listener: (mode: "interactive" | "replicated") => void): () => void {
    this.emitter.on("change", listener);
    return () => this.emitter.off("change", listener);
  }

  /** Forgets who listened: the process they belonged to is gone. */
  detach(): void {
    this.emitter.removeAllListeners();
  }

  /** Writes nothing any more: the file is another process's now, or deleted. */
  close(): void {
    this.journal?.close();
  }

  private flush(): void {
    this.journal?.append(this.unwritten);
    this.unwritten = [];
  }

  private write(record: StoreRecord): void {
    this.journal?.append([record]);
  }

  private identity(): StoreRecord {
    const { uuid, instanceStartTime, updateSeq, purgeSeq } = this;
    return { store: { uuid, instanceStartTime, updateSeq, purgeSeq } };
  }

  /** The records that make a compacted store: only leaves have content then. */
  private snapshot(): StoreRecord[] {
    const leaves = [...this.sequences.keys()].flatMap((id) =>
      this.openLeaves(id).map(({ history, deleted, body, attachments }) => ({
        ...{ id, add: history, deleted, body, attachments },
        seq: this.sequences.get(id) as number,
      })),
    );
    const locals = [...this.localDocuments].map(([local, { rev, body }]) => ({ local, rev, body }));
    return [...leaves, ...locals, { settings: this.properties }, this.identity()];
  }

  private replay(record: StoreRecord): void {
    if ("store" in record) Object.assign(this, record.store);
    else if ("add" in record) {
      const tree = this.trees.get(record.id) ?? new RevisionTree();
      const { deleted, body, attachments } = record;
      this.add(record.id, tree, record.add, { deleted, body, attachments });
      // Gaps in the sequences stay where they were.
      if (record.seq !== undefined) {
        this.updateSeq = record.seq;
        this.sequences.set(record.id, record.seq);
      }
    } else if ("purge" in record) this.forget(record.id, record.purge);
    else if ("gone" in record) this.localDocuments.delete(record.local);
    else if ("local" in record) this.localDocuments.set(record.local, { rev: record.rev, body: record.body });
    else Object.assign(this.properties, record.settings);
  }
}
