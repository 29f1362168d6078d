import { parseDocument, renderDocument } from "../document";
import type { DocumentAccess } from "../document-access";
import type { JsonObject } from "../json";
import { matches } from "../selector";
import type { Endpoint } from "./replication-document";

/** Changes of a source, as far as a replication looks at them. */
export interface ChangesPage {
  results: { id: string; seq: string; changes: { rev: string }[] }[];
  last_seq: string;
  pending: number | null;
}

/** A revision to copy. */
export interface Wanted {
  id: string;
  rev: string;
}

/** One end of a running replication. */
export interface ReplicationEnd {
  /** As it is named in messages: without credentials, with a slash at its end. */
  readonly url: string;
  /** Throws ReplicationError when the database cannot be used. */
  open(create: boolean, signal: AbortSignal): Promise<void>;
  changes(since: string, filter: Filter, wait: boolean, signal: AbortSignal): Promise<ChangesPage>;
  missing(revisions: Record<string, string[]>, signal: AbortSignal): Promise<Wanted[]>;
  read(wanted: Wanted[], signal: AbortSignal): Promise<JsonObject[]>;
  /** Stores revisions as they are; answers how many were refused. */
  write(documents: JsonObject[], signal: AbortSignal): Promise<number>;
  readCheckpoint(id: string, signal: AbortSignal): Promise<JsonObject | undefined>;
  writeCheckpoint(id: string, checkpoint: JsonObject, signal: AbortSignal): Promise<void>;
}

/** Which documents are copied. */
export interface Filter {
  selector?: JsonObject;
  docIds?: string[];
}

/** Why a replication cannot go on, in CouchDB's words. */
export class ReplicationError extends Error {
  constructor(
    readonly error: string,
    readonly reason: string,
  ) {
    super(error === "" ? reason : `${error}: ${reason}`);
  }
}

const PAGE = 500;
const WAIT = 30_000;

/** A database behind a URL. */
export class RemoteEnd implements ReplicationEnd {
  constructor(private readonly endpoint: Endpoint) {}

  get url(): string {
    return this.endpoint.url;
  }

  async open(create: boolean, signal: AbortSignal): Promise<void> {
    await this.login(signal);
    const response = await this.fetch("GET", "", undefined, signal);
    await response.arrayBuffer();
    if (response.status === 404 && create) {
      const made = await this.fetch("PUT", "", undefined, signal);
      await made.arrayBuffer();
      if (made.ok || made.status === 412) return;
      if (made.status === 401 || made.status === 403) throw this.unauthorized();
    }
    if (response.status === 401 || response.status === 403) throw this.unauthorized();
    if (!response.ok) throw new ReplicationError("db_not_found", `could not open ${this.url}`);
  }

  private unauthorized(): ReplicationError {
    return new ReplicationError("unauthorized", `unauthorized to access or create database ${this.url}`);
  }

  /** Begins a session, which is where CouchDB notices wrong credentials and hosts that do not answer. */
  private async login(signal: AbortSignal): Promise<void> {
    const { username: name, password } = this.endpoint;
    if (name === undefined || password === undefined) return;
    const url = new URL("/_session", this.url).href;
    const failed = (why: string) =>
      new ReplicationError(
        "",
        `{replication_auth_error,\n    {session_request_failed,"${url}","${name}",\n        ${why}}}`,
      );
    const headers = { "content-type": "application/json", accept: "application/json" };
    let response: Response;
    try {
      response = await fetch(url, { method: "POST", headers, body: JSON.stringify({ name, password }), signal });
      await response.arrayBuffer();
    } catch (error) {
      if (signal.aborted) throw error;
      throw failed(`{conn_failed,{error,${connectionError(error)}}}`);
    }
    if (response.status === 401) {
      throw new ReplicationError(
        "",
        `{replication_auth_error,\n    {session_request_unauthorized,"${url}","${name}"}}`,
      );
    }
    if (!response.ok) throw failed(`{error,{http_error,${response.status}}}`);
  }

  async changes(since: string, filter: Filter, wait: boolean, signal: AbortSignal): Promise<ChangesPage> {
    const query = new URLSearchParams({ since, style: "all_docs", limit: String(PAGE) });
    if (wait) {
      query.set("feed", "longpoll");
      query.set("timeout", String(WAIT));
    }
    if (filter.selector) query.set("filter", "_selector");
    if (filter.docIds) query.set("filter", "_doc_ids");
    const body = filter.selector ? { selector: filter.selector } : filter.docIds && { doc_ids: filter.docIds };
    return this.json<ChangesPage>(body ? "POST" : "GET", `_changes?${query}`, body, signal);
  }

  async missing(revisions: Record<string, string[]>, signal: AbortSignal): Promise<Wanted[]> {
    type Answer = Record<string, { missing: string[] }>;
    const answer = await this.json<Answer>("POST", "_revs_diff", revisions, signal);
    return Object.entries(answer).flatMap(([id, { missing }]) => missing.map((rev) => ({ id, rev })));
  }

  async read(wanted: Wanted[], signal: AbortSignal): Promise<JsonObject[]> {
    type Answer = { results: { docs: { ok?: JsonObject }[] }[] };
    const path = "_bulk_get?revs=true&attachments=true";
    const { results } = await this.json<Answer>("POST", path, { docs: wanted }, signal);
    return results.flatMap(({ docs }) => docs.flatMap<JsonObject>(({ ok }) => (ok ? [ok] : [])));
  }

  async write(documents: JsonObject[], signal: AbortSignal): Promise<number> {
    const refused = await this.json<unknown[]>("POST", "_bulk_docs", { docs: documents, new_edits: false }, signal);
    return refused.length;
  }

  async readCheckpoint(id: string, signal: AbortSignal): Promise<JsonObject | undefined> {
    const response = await this.fetch("GET", `_local/${encodeURIComponent(id)}`, undefined, signal);
    const body = (await response.json()) as JsonObject;
    return response.ok ? body : undefined;
  }

  async writeCheckpoint(id: string, checkpoint: JsonObject, signal: AbortSignal): Promise<void> {
    const path = `_local/${encodeURIComponent(id)}`;
    const { _rev } = (await this.readCheckpoint(id, signal)) ?? {};
    await this.json("PUT", path, _rev === undefined ? checkpoint : { ...checkpoint, _rev }, signal);
  }

  private async json<T>(method: string, path: string, body: unknown, signal: AbortSignal): Promise<T> {
    const response = await this.fetch(method, path, body, signal);
    const answer = (await response.json()) as T & { error?: string; reason?: string };
    if (response.ok) return answer;
    throw new ReplicationError(answer.error ?? "error", answer.reason ?? `status ${response.status} of ${this.url}`);
  }

  private async fetch(method: string, path: string, body: unknown, signal: AbortSignal): Promise<Response> {
    const { username, password, url } = this.endpoint;
    const headers: Record<string, string> = { accept: "application/json" };
    if (username !== undefined && password !== undefined) {
      headers.authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
    }
    if (body !== undefined) headers["content-type"] = "application/json";
    try {
      return await fetch(url + path, {
        method,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
        signal,
      });
    } catch (error) {
      if (signal.aborted) throw error;
      throw new ReplicationError("", `{conn_failed,{error,${connectionError(error)}}}`);
    }
  }
}

/** Erlang's name of what went wrong with a connection. */
function connectionError(error: unknown): string {
  const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined;
  const names: Record<string, string> = { ECONNREFUSED: "econnrefused", ENOTFOUND: "nxdomain", EAI_AGAIN: "nxdomain" };
  return names[cause?.code ?? ""] ?? "closed";
}

/** A database of the cluster itself, which `POST /_replicate` may name without a URL. */
export class OwnEnd implements ReplicationEnd {
  constructor(private readonly database: DocumentAccess) {}

  get url(): string {
    return this.database.name;
  }

  async open(): Promise<void> {}

  async changes(since: string, filter: Filter): Promise<ChangesPage> {
    const { rows, lastSeq } = await this.database.changes(since);
    const results: ChangesPage["results"] = [];
    for (const { id, seq, leaves } of rows) {
      if (filter.docIds && !filter.docIds.includes(id)) continue;
      const document = filter.selector && (await this.database.open(id));
      if (filter.selector && !(document && matches(filter.selector, renderDocument(document)))) continue;
      results.push({ id, seq: String(seq), changes: leaves });
    }
    return { results, last_seq: String(lastSeq), pending: 0 };
  }

  async missing(revisions: Record<string, string[]>): Promise<Wanted[]> {
    const missing = await this.database.missing(revisions);
    return Object.entries(missing).flatMap(([id, entry]) => entry.missing.map((rev) => ({ id, rev })));
  }

  async read(wanted: Wanted[]): Promise<JsonObject[]> {
    const found = await Promise.all(wanted.map(({ id, rev }) => this.database.open(id, rev)));
    return found
      .filter((revision) => revision !== undefined)
      .map((revision) => renderDocument(revision, { attachments: true, revisions: revision.history }));
  }

  async write(documents: JsonObject[]): Promise<number> {
    const written = await this.database.update(
      documents.map((document) => parseDocument(document)),
      "replicated",
    );
    return written.filter((result) => "error" in result).length;
  }

  async readCheckpoint(id: string): Promise<JsonObject | undefined> {
    return (await this.database.openLocal(`_local/${id}`))?.body;
  }

  async writeCheckpoint(id: string, checkpoint: JsonObject): Promise<void> {
    await this.database.putLocal(`_local/${id}`, undefined, checkpoint);
  }
}
