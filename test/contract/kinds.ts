/** What kind of value stands where values vary: another one of the same kind is as good. */

import type { Exchange } from "./recording";

/** Members whose values vary in every recording, whether or not the exchange says so. */
const VARYING_MEMBERS = new Set([
  "uuid",
  "seq",
  "last_seq",
  "update_seq",
  "committed_update_seq",
  "compacted_seq",
  "source_last_seq",
  "end_last_seq",
  "start_last_seq",
  "recorded_seq",
  "source_seq",
  "through_seq",
  "checkpointed_source_seq",
  "purge_seq",
  "instance_start_time",
  "file",
  "external",
  "active",
  "pid",
  "salt",
  "derived_key",
  "timestamp",
  "start_time",
  "end_time",
  "last_updated",
  "started_on",
  "updated_on",
  "_replication_state_time",
  "ref",
  "session_id",
  "git_sha",
  "features",
  "bookmark",
  "shard_suffix",
]);

export function variesByName(member: string | undefined): boolean {
  return member !== undefined && VARYING_MEMBERS.has(member);
}

const SEQUENCE = /^(\d+)(-g[12][\w-]+)?$/;

const SHARD = /^(shards\/.*)\.\d{10}$/;

const STRING_KINDS: [kind: string, pattern: RegExp][] = [
  ["revision", /^\d+-[0-9a-f]{32}$/],
  ["replication id", /^[0-9a-f]{32}\+[a-z_+]+$/],
  ["32 hexadecimal digits", /^[0-9a-f]{32}$/],
  ["64 hexadecimal digits", /^[0-9a-f]{64}$/],
  ["time", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/],
  ["date", /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/],
  ["process id", /^<\d+\.\d+\.\d+>$/],
  ["sequence", SEQUENCE],
  ["shard", SHARD],
  ["bookmark", /^g1AAAA[\w-]+$/],
  ["quoted revision", /^"\d+-[0-9a-f]{32}"$/],
  ["quoted tag", /^"[0-9A-Z]{15,}"$/],
  ["password hash", /^-pbkdf2:sha256-[0-9a-f]{64},[0-9a-f]{32},\d+$/],
];

/** In words, what kind of value this is. */
export function kindOf(value: unknown): string {
  if (typeof value !== "string") return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  return STRING_KINDS.find(([, pattern]) => pattern.test(value))?.[0] ?? "string";
}

/** The part of a varying value that does mean something: the generation of a revision, the options of a replication. */
export function meaningOf(value: string): string {
  switch (kindOf(value)) {
    case "revision":
    case "quoted revision":
      return value.split("-")[0] as string;
    case "shard":
      return value.replace(SHARD, "$1");
    case "replication id":
      return value.slice(32);
    default:
      return "";
  }
}

/**
 * Whether the document of this exchange has a revision of its own each time: it has a salt, a time or a text of the
 * node's own in it. Any other revision follows from the content alone.
 */
export function revisionVaries(exchange: Exchange): boolean {
  const body = exchange.response_body ?? {};
  const timed = typeof body === "object" && ("shard_suffix" in body || "_replication_state_time" in body);
  return timed || /^\/_users\//.test(exchange.path);
}
