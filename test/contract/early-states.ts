/**
 * Right after a replication document is written, the scheduler says `null`, `initializing` or `running` without having
 * tried anything. Which of them a first look meets is chance.
 */
import type { Answer, Exchange } from "./recording";

interface SchedulerDocument {
  state: string | null;
  info: unknown;
  error_count: number;
  [member: string]: unknown;
}

const TIME = "2026-01-01T00:00:00Z";

/** The other answers that a first look could have met, if this exchange is one. */
export function earlyStates(exchange: Exchange): Answer[] {
  const isFirst = exchange.poll?.role === "first" || exchange.watched !== undefined;
  if (!isFirst || !/^\/_scheduler\/docs\/[^/]+\/[^/]+$/.test(exchange.path)) return [];
  const document = exchange.response_body as SchedulerDocument;
  if (!isEarly(document)) return [];
  const { database, doc_id } = document;
  const bodies = [document, ...(exchange.also_seen ?? []).map((answer) => answer.response_body as SchedulerDocument)];
  const { source, target } = bodies.find((body) => "source" in body) ?? document;
  const undecided = { database, doc_id, id: null, info: null, error_count: 0 };
  const times = { last_updated: TIME, start_time: TIME };
  const initializing = { ...undecided, state: "initializing", node: `${exchange.node}@127.0.0.1`, ...times };
  const unknown = { ...undecided, source, target, state: null, start_time: null, last_updated: null };
  const { status, response_headers } = exchange;
  return [initializing, unknown].map((response_body) => ({ status, response_headers, response_body }));
}

function isEarly({ state, info, error_count }: SchedulerDocument): boolean {
  return info === null && error_count === 0 && (state === null || state === "initializing" || state === "running");
}
