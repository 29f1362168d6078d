/**
 * What the two halves of a node share: the HTTP and cluster half (this folder) answers the global endpoints and hands
 * everything else to the data half (`data/`), which knows the cluster only through `Peers`.
 */
import type { IncomingHttpHeaders } from "node:http";

/** Who asks. Server admins have the role `_admin`. */
export interface User {
  name: string | null;
  roles: string[];
  /** Which handler knew the user; absent for an anonymous one. */
  authenticated?: "default" | "cookie";
}

/** A request whose credentials have been checked already. */
export interface HttpRequest {
  method: string;
  /** Path and query as they were sent. */
  url: string;
  /** The path split at "/", empty ones left out ("/" has none); each still percent-encoded. */
  segments: string[];
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  user: User;
  /** The address of the client. */
  address: string;
  /** Reads the body; answers made without it close the connection, as CouchDB's do. */
  body(): Promise<Buffer>;
  /** The body as JSON: 415 for another content type, 400 for no JSON. */
  json(): Promise<unknown>;
}

/** An answer. `body` is sent as JSON with a line break after it unless it is a Buffer. */
export interface HttpResponse {
  status: number;
  /** Over the usual ones; an empty text leaves a usual one out. */
  headers?: Record<string, string>;
  body?: unknown;
  /** Close the connection after the answer. */
  close?: boolean;
  /** Writes the body bit by bit instead of `body` (a continuous feed). Returns a function called when the client leaves. */
  stream?: (write: (chunk: string | Buffer) => void, end: () => void) => (() => void) | undefined;
}

/** An error answer `{"error":…,"reason":…}`. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    readonly error: string,
    readonly reason: string | null,
    readonly extra: {
      headers?: Record<string, string>;
      /** Close the connection after the answer. */
      close?: boolean;
      /** `ref` of a 500 that CouchDB had no answer for. */
      ref?: number;
    } = {},
  ) {
    super(`${status} ${error}: ${reason}`);
  }
}

/** A node that is not connected was called. */
export class NodeDown extends Error {
  constructor(readonly node: string) {
    super(`${node} is down`);
  }
}

/** The cluster as this node sees it; the only way to the other nodes. */
export interface Peers {
  readonly self: string;
  /** `cluster_nodes`: every name in `_nodes`, sorted, reachable or not. */
  members(): string[];
  /** `all_nodes`: every connected node, sorted, this one included. */
  connected(): string[];
  /**
   * Runs `operation` on `node` (which may be this one) with a JSON copy of the arguments.
   * Rejects with NodeDown when there is no connection or it breaks; an HttpError thrown there arrives as one.
   */
  call<T>(node: string, operation: string, ...args: unknown[]): Promise<T>;
  /** Offers an operation to all nodes. */
  serve(operation: string, handler: (...args: never[]) => Promise<unknown>): void;
  /** Called with the name of a node that has just been connected. */
  onUp(listener: (node: string) => void): void;
  /** Called with the name of a node whose connection is gone. */
  onDown(listener: (node: string) => void): void;
}

/** The configuration of this node: sections of keys and strings. Values in code are not part of it, so not seen here. */
export interface Config {
  get(section: string, key: string): string | undefined;
  section(name: string): Record<string, string>;
  set(section: string, key: string, value: string): void;
  delete(section: string, key: string): void;
  /** Called after every change. */
  onChange(listener: (section: string, key: string, value: string | undefined) => void): void;
}

/** What a user document or an admin line stores of a password. */
export interface PasswordHash {
  password_scheme: "pbkdf2";
  /** Absent for the legacy form, which is SHA-1. */
  pbkdf2_prf?: string;
  iterations: number;
  salt: string;
  derived_key: string;
}

/** Hashes and checks passwords as slowly as the configured iterations make it; a password checked once is remembered. */
export interface Hasher {
  hash(password: string): Promise<PasswordHash>;
  verify(password: string, hash: PasswordHash): Promise<boolean>;
}

/** A document of a node-local database. */
export interface LocalDocument {
  _id: string;
  _rev?: string;
  [field: string]: unknown;
}

/** A database that lives on one node alone (`_nodes`, `_dbs`). */
export interface LocalDatabase {
  /** Ids of the documents that are not deleted, sorted. */
  ids(): string[];
  get(id: string): LocalDocument | undefined;
  /** Answers the new revision; throws HttpError 409 as a PUT does. */
  put(document: LocalDocument): Promise<string>;
  /** Called after every change: of a client of this node, or replicated from another one. */
  onChange(listener: (replicated: boolean) => void): void;
  /** Copies every revision this node has to the same database of another node (`Peers.call`), as `mem3_sync` does. */
  pushTo(node: string): Promise<void>;
}

/** What one node is made of, as far as the data half needs it. */
export interface NodeContext {
  readonly name: string;
  readonly peers: Peers;
  readonly config: Config;
  readonly hasher: Hasher;
  /**
   * The disk of this node: whatever is put here is still there after kill and start, when a new DataPlane is made with
   * the same map, and gone after reset. Nothing else outlives the process.
   */
  readonly disk: Map<string, unknown>;
  /** Where the databases are files, which then outlive the process. */
  readonly dataFolder: string | undefined;
  /** The URL of this node without credentials, `http://127.0.0.1:PORT`. */
  url(): string;
}

/** The data half as the HTTP half uses it; `data/` has the class. */
export interface DataPlaneLike {
  /** Called once the node is listening (replicator, recovery of copies). */
  start(): Promise<void>;
  /** Called when the node stops or is killed: no timer may fire afterwards. */
  stop(): Promise<void>;
  /** Answers a database, document, replicator or scheduler request; undefined: not mine. Throws HttpError. */
  handle(request: HttpRequest): Promise<HttpResponse | undefined>;
  /** Answers what stands behind `/_node/NAME/` (segments without these two) for node-local databases. */
  handleLocal(request: HttpRequest): Promise<HttpResponse | undefined>;
  localDatabase(name: string): LocalDatabase;
  /** The document of a user in `_users`, for Basic and cookie authentication. */
  userDocument(name: string): Promise<Record<string, unknown> | undefined>;
  /** Whether `GET /NAME` would answer 200 now (shards that can be opened included): the cluster state depends on it. */
  databaseAnswers(name: string): Promise<boolean>;
  /** Makes a database as `PUT /NAME` of an admin; an existing one is fine. */
  createDatabase(name: string): Promise<void>;
  /** Rows of `_active_tasks` of this node. */
  activeTasks(): unknown[];
}

/** Refuses everyone but server admins: 401, a known other user too. */
export function requireAdmin(request: HttpRequest): void {
  if (!request.user.roles.includes("_admin")) {
    throw new HttpError(401, "unauthorized", "You are not a server admin.");
  }
}

/** Refuses other methods: 405 with the recorded list. */
export function allowMethods(request: HttpRequest, ...methods: string[]): void {
  if (methods.includes(request.method)) return;
  const list = methods.join(",");
  throw new HttpError(405, "method_not_allowed", `Only ${list} allowed`, { headers: { allow: list } });
}
