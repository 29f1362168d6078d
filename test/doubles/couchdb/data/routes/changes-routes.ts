import { allowMethods, HttpError, type HttpRequest, type HttpResponse } from "../../node-context";
import { renderDocument } from "../document";
import type { FeedPage, FeedRow } from "../document-access";
import { etagOf } from "../etag";
import { isObject, type Json, type JsonObject } from "../json";
import { matches } from "../selector";
import type { DocumentContext } from "./document-context";
import { bodyAsObject, Parameters } from "./parameters";

/** How often a waiting feed looks for changes. */
const POLL_INTERVAL = 50;
const MAXIMUM_TIMEOUT = 60_000;
const FEEDS = ["normal", "continuous", "live", "longpoll", "eventsource"];

interface Feed {
  kind: string;
  since: string | undefined;
  descending: boolean;
  limit: number;
  allLeaves: boolean;
  withDocuments: boolean;
  timeout: number;
  heartbeat: number | undefined;
  includes(row: FeedRow): Promise<boolean>;
}

type Row = JsonObject & { seq: Json };

/** `/db/_changes` */
export async function handleChanges(context: DocumentContext, request: HttpRequest): Promise<HttpResponse> {
  allowMethods(request, "GET", "HEAD", "POST");
  const feed = parseFeed(context, request, await bodyOf(request));
  if (feed.kind === "continuous" || feed.kind === "live" || feed.kind === "eventsource") {
    return continuous(context, feed);
  }
  let page = await read(context, feed);
  const deadline = Date.now() + feed.timeout;
  while (feed.kind === "longpoll" && page.rows.length === 0 && Date.now() < deadline) {
    await sleep(Math.min(POLL_INTERVAL, deadline - Date.now()));
    page = await read(context, { ...feed, since: String(page.lastSeq) });
  }
  const body = { results: page.rows, last_seq: page.lastSeq, pending: page.pending };
  if (feed.kind === "longpoll") return { status: 200, body };
  return { status: 200, headers: { etag: etagOf(String(page.lastSeq)) }, body };
}

async function bodyOf(request: HttpRequest): Promise<JsonObject> {
  if (request.method !== "POST") return {};
  const text = (await request.body()).toString();
  return text === "" ? {} : bodyAsObject(request);
}

function parseFeed(context: DocumentContext, request: HttpRequest, body: JsonObject): Feed {
  const parameters = new Parameters(request.query);
  const kind = parameters.text("feed") ?? "normal";
  if (!FEEDS.includes(kind)) {
    const reason = "Supported `feed` types: normal, continuous, live, longpoll, eventsource";
    throw new HttpError(400, "bad_request", reason);
  }
  const limit = parameters.unchecked("limit");
  const heartbeat = parameters.text("heartbeat");
  return {
    kind,
    since: parameters.text("since") ?? (request.headers["last-event-id"] as string | undefined),
    descending: parameters.flag("descending"),
    limit: limit === undefined ? Number.POSITIVE_INFINITY : Math.max(limit, 1),
    allLeaves: parameters.text("style") === "all_docs",
    withDocuments: parameters.flag("include_docs"),
    timeout: Math.min(parameters.unchecked("timeout") ?? MAXIMUM_TIMEOUT, MAXIMUM_TIMEOUT),
    heartbeat: heartbeat === undefined || heartbeat === "false" ? undefined : Number(heartbeat) || MAXIMUM_TIMEOUT,
    includes: filterOf(context, parameters, body),
  };
}

function filterOf({ database }: DocumentContext, parameters: Parameters, body: JsonObject): Feed["includes"] {
  const filter = parameters.text("filter");
  if (filter === undefined) return async () => true;
  if (filter === "_doc_ids") {
    const ids = body.doc_ids ?? parameters.json("doc_ids") ?? [];
    return async ({ id }) => Array.isArray(ids) && ids.includes(id);
  }
  if (filter === "_design") return async ({ id }) => id.startsWith("_design/");
  if (filter === "_selector" && isObject(body.selector)) {
    const selector = body.selector;
    return async ({ id }) => {
      const found = await database.open(id);
      return found !== undefined && matches(selector, renderDocument(found));
    };
  }
  throw new HttpError(404, "not_found", "missing");
}

async function read(context: DocumentContext, feed: Feed): Promise<{ rows: Row[]; lastSeq: Json; pending: number }> {
  const page: FeedPage = await context.database.changes(feed.since, feed.descending);
  const rows: Row[] = [];
  let lastSeq = page.lastSeq;
  let seen = 0;
  for (const row of page.rows) {
    if (rows.length >= feed.limit) break;
    seen++;
    lastSeq = row.seq;
    if (await feed.includes(row)) rows.push(await render(context, feed, row));
  }
  const pending = page.rows.length - seen;
  return { rows, lastSeq: pending === 0 && !feed.descending ? page.lastSeq : lastSeq, pending };
}

async function render({ database, reveal }: DocumentContext, feed: Feed, row: FeedRow): Promise<Row> {
  const leaves = feed.allLeaves ? row.leaves : row.leaves.slice(0, 1);
  const rendered: Row = { seq: row.seq, id: row.id, changes: leaves.map(({ rev }) => ({ rev })) };
  if (row.leaves[0]?.deleted) rendered.deleted = true;
  if (feed.withDocuments) {
    const found = await database.open(row.id);
    rendered.doc = found ? renderDocument(reveal(found)) : null;
  }
  return rendered;
}

function continuous(context: DocumentContext, feed: Feed): HttpResponse {
  const events = feed.kind === "eventsource";
  const line = (row: Row) =>
    events ? `data: ${JSON.stringify(row)}\nid: ${JSON.stringify(row.seq)}\n\n` : `${JSON.stringify(row)}\n`;
  const contentType = events ? "text/event-stream" : "application/json";
  return {
    status: 200,
    headers: { "content-type": contentType },
    stream: (write, end) => {
      let gone = false;
      let since = feed.since;
      let left = feed.limit;
      let lastWritten = Date.now();
      const run = async (): Promise<void> => {
        let page = await read(context, feed);
        for (;;) {
          if (gone) return;
          for (const row of page.rows) write(line(row));
          if (page.rows.length > 0) lastWritten = Date.now();
          left -= page.rows.length;
          since = String(page.lastSeq);
          const idle = Date.now() - lastWritten;
          if (left <= 0 || (feed.heartbeat === undefined && idle >= feed.timeout)) break;
          if (feed.heartbeat !== undefined && idle >= feed.heartbeat) {
            write("\n");
            lastWritten = Date.now();
          }
          await sleep(POLL_INTERVAL);
          if (gone) return;
          page = await read(context, { ...feed, since, limit: left });
        }
        if (!events) write(`${JSON.stringify({ last_seq: page.lastSeq, pending: page.pending })}\n\n`);
        end();
      };
      // A feed whose database is gone ends.
      run().catch(() => end());
      return () => {
        gone = true;
      };
    },
  };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
