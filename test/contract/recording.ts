/** The recordings as they are on disk; their README says what each member means. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Names of the recorded nodes: `node1` and so on. */
export type NodeId = string;

type Headers = Record<string, string>;

/** What a node answered. `status: null`: there was no answer. */
export interface Answer {
  status: number | null;
  response_headers?: Headers;
  response_body?: unknown;
}

interface Poll {
  role: "first" | "last" | "only";
  reached?: boolean;
  seconds?: number;
}

/** A request and its answer. */
export interface Exchange extends Answer {
  n: number;
  node: NodeId;
  auth: string;
  method: string;
  path: string;
  request_headers: Headers;
  request_body?: unknown;
  request_body_is_text?: boolean;
  response_body_is_text?: boolean;
  varies?: string[];
  also_seen?: Answer[];
  sometimes_absent?: boolean;
  poll?: Poll;
  watched?: { seconds: number };
  note?: string;
  /** The recorded body is only a part of what the node answered. */
  partial?: boolean;
}

/** Something done to the nodes between two requests. */
export interface RecordedEvent {
  n: number;
  event: string;
  note?: string;
}

export interface Recording {
  /** Name of the file without `.json`. */
  name: string;
  nodes: Record<NodeId, { url: string; name: string }>;
  entries: (Exchange | RecordedEvent)[];
}

/** The compiled test stands in dist/test/contract, the recordings in test/contract. */
const FOLDER = join(__dirname, "../../../test/contract/recordings/couchdb");

/** Answers that the recorder kept in part, without a mark. */
const PARTIAL = new Set(["09b-replicator-failures #61", "14-data-plane #10", "17-lost-disk #15"]);

export function isEvent(entry: Exchange | RecordedEvent): entry is RecordedEvent {
  return "event" in entry;
}

/** The exchanges without the events between them. */
export function exchangesOf(recording: Recording): Exchange[] {
  return recording.entries.filter((entry): entry is Exchange => !isEvent(entry));
}

/** Reads every recording, sorted by name. */
export function loadRecordings(): Recording[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => {
      const { nodes, exchanges } = JSON.parse(readFileSync(join(FOLDER, file), "utf8"));
      const name = file.replace(/\.json$/, "");
      const entries = (exchanges as Recording["entries"]).map((entry) =>
        PARTIAL.has(`${name} #${entry.n}`) ? { ...entry, partial: true } : entry,
      );
      return { name, nodes, entries };
    });
}
