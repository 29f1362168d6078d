import { allowMethods, HttpError, type HttpRequest, type HttpResponse, requireAdmin } from "../../node-context";
import type { Databases } from "../databases";
import { internalError } from "../errors";
import type { Json, JsonObject } from "../json";
import { parseEndpoint } from "../replicator/replication-document";
import { OwnEnd, RemoteEnd, type ReplicationEnd, ReplicationError } from "../replicator/replication-end";
import { replicationId } from "../replicator/replication-job";
import { type Outcome, ReplicationRun } from "../replicator/replication-run";
import type { Replicator } from "../replicator/replicator";
import { notFound } from "./document-context";
import { bodyAsObject, decodeSegment, Parameters } from "./parameters";

/** `/_scheduler/jobs` and `/_scheduler/docs` */
export async function handleScheduler(
  replicator: Replicator,
  databases: Databases,
  request: HttpRequest,
): Promise<HttpResponse> {
  requireAdmin(request);
  allowMethods(request, "GET", "HEAD");
  const [, what, ...rest] = request.segments.map(decodeSegment);
  const parameters = new Parameters(request.query);
  const skip = parameters.count("skip") ?? 0;
  const limit = parameters.count("limit") ?? Number.POSITIVE_INFINITY;
  if (what === "jobs") {
    const jobs = await replicator.jobRows();
    if (rest[0] === undefined) {
      const offset = Math.min(skip, jobs.length);
      return { status: 200, body: { total_rows: jobs.length, offset, jobs: jobs.slice(skip, skip + limit) } };
    }
    const job = jobs.find(({ id }) => id === rest[0]);
    if (!job) throw notFound("missing");
    return { status: 200, body: job };
  }
  if (what !== "docs") throw notFound("missing");
  const [name = "_replicator", id] = rest;
  const database = databases.get(name);
  if (id !== undefined) {
    const found = await database.open(id);
    if (!found || found.deleted) throw notFound("missing");
    return { status: 200, body: await replicator.documentRow(found) };
  }
  const documents = (await database.documents()).filter((document) => !document.id.startsWith("_design/"));
  const rows = await Promise.all(documents.map((document) => replicator.documentRow(document)));
  const states = parameters.text("states")?.split(",");
  const chosen = states ? rows.filter(({ state }) => states.includes(String(state ?? "initializing"))) : rows;
  const offset = Math.min(skip, chosen.length);
  return { status: 200, body: { total_rows: rows.length, offset, docs: chosen.slice(skip, skip + limit) } };
}

/** `POST /_replicate`: a replication that is waited for and leaves no document. */
export async function handleReplicate(databases: Databases, request: HttpRequest): Promise<HttpResponse> {
  allowMethods(request, "POST");
  const body = await bodyAsObject(request);
  if (request.user.name === null) throw new HttpError(401, "unauthorized", "You are not an authenticated user");
  const source = endOf(databases, body.source);
  const target = endOf(databases, body.target);
  const createTarget = body.create_target === true;
  const id = replicationId({ source, target, createTarget, continuous: false });
  const options = { continuous: false, createTarget, checkpointInterval: Number.POSITIVE_INFINITY };
  const run = new ReplicationRun(id, source, target, options, new AbortController().signal);
  try {
    return { status: 200, body: report(await run.run()) };
  } catch (error) {
    if (error instanceof ReplicationError) throw internalError(error.error || "error", error.reason, false);
    throw error;
  }
}

function endOf(databases: Databases, value: Json | undefined): ReplicationEnd {
  if (typeof value === "string" && value !== "" && !/^\w+:\/\//.test(value)) return new OwnEnd(databases.get(value));
  try {
    return new RemoteEnd(parseEndpoint(value));
  } catch (error) {
    if (error instanceof HttpError) throw internalError("error", error.reason ?? "", false);
    throw error;
  }
}

function report({ statistics, sessionId, startedAt, endedAt, startSeq, lastSeq, unchanged }: Outcome): JsonObject {
  const entry = {
    session_id: sessionId,
    start_time: startedAt.toUTCString(),
    end_time: endedAt.toUTCString(),
    start_last_seq: startSeq,
    end_last_seq: lastSeq,
    recorded_seq: lastSeq,
    missing_checked: statistics.revisions_checked,
    missing_found: statistics.missing_revisions_found,
    docs_read: statistics.docs_read,
    docs_written: statistics.docs_written,
    doc_write_failures: statistics.doc_write_failures,
    bulk_get_docs: statistics.bulk_get_docs,
    bulk_get_attempts: statistics.bulk_get_attempts,
  };
  return {
    ok: true,
    ...(unchanged ? { no_changes: true } : {}),
    session_id: sessionId,
    source_last_seq: lastSeq,
    replication_id_version: 4,
    history: [entry],
  };
}
