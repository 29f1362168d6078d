/** The file of one LocalStore: a line for every change, written before the change is answered. */
import { appendFileSync, mkdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { JsonObject } from "./json";
import type { Attachment } from "./revision";
import type { Settings } from "./store-types";

/** What a line holds: who the store is, a revision with its history, or one of the rarer changes. */
export type StoreRecord =
  | { store: { uuid: string; instanceStartTime: string; updateSeq: number; purgeSeq: number } }
  | { id: string; add: string[]; deleted: boolean; body: JsonObject; attachments: Attachment[]; seq?: number }
  | { id: string; purge: string[] }
  | { local: string; rev: number; body: JsonObject }
  | { local: string; gone: true }
  | { settings: Settings };

/** Appends records to a file, and reads them at the next start. */
export class StoreJournal {
  private open = true;

  constructor(private readonly file: string) {}

  /** What was written so far; nothing of a file that is not there. A line that the end of the process cut off is dropped. */
  read(): StoreRecord[] {
    const content = readIfThere(this.file);
    const whole = content.subarray(0, content.lastIndexOf("\n") + 1);
    if (whole.length < content.length) truncateSync(this.file, whole.length);
    return whole
      .toString()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as StoreRecord);
  }

  append(records: StoreRecord[]): void {
    if (!this.open || records.length === 0) return;
    appendFileSync(this.file, toText(records));
  }

  /** Puts these records in the place of all. */
  rewrite(records: StoreRecord[]): void {
    if (!this.open) return;
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(`${this.file}.compact`, toText(records));
    renameSync(`${this.file}.compact`, this.file);
  }

  /** The node is gone: whatever still runs of it writes no more. */
  close(): void {
    this.open = false;
  }
}

function readIfThere(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}

const toText = (records: StoreRecord[]) => records.map((record) => `${JSON.stringify(record)}\n`).join("");
