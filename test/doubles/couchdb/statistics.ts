/** `_stats`, `_system`, `_versions` and `_prometheus` of a node: the shapes of the real ones, few of the numbers. */
import type { NodeParts } from "./node-parts";

type Tree = { [key: string]: Tree } | { value: unknown; type: string; desc: string };

const counter = (desc: string): Tree => ({ value: 0, type: "counter", desc });
const percentiles = [50, 75, 90, 95, 99, 999].map((percent) => [percent, 0]);
const moments = { n: 0, min: 0, max: 0, arithmetic_mean: 0, geometric_mean: 0, harmonic_mean: 0, median: 0 };
const shape = { variance: 0, standard_deviation: 0, skewness: 0, kurtosis: 0 };
const histogram = (desc: string): Tree => ({
  value: { ...moments, ...shape, percentile: percentiles, histogram: [[0, 0]] },
  type: "histogram",
  desc,
});
const counters = (...names: string[]): Record<string, Tree> =>
  Object.fromEntries(names.map((name) => [name, counter(`number of ${name.replaceAll("_", " ")}`)]));

const couchdb: Record<string, Tree> = {
  ...counters("auth_cache_hits", "auth_cache_misses", "coalesced_updates", "commits", "database_purges"),
  ...counters("database_reads", "database_writes", "document_inserts", "document_purges", "document_writes"),
  ...counters("legacy_checksums", "local_document_writes", "open_databases", "open_os_files"),
  ...counters("password_hashing_fast", "password_hashing_slow"),
  collect_results_time: histogram("microsecond latency for calls to couch_db:collect_results/3"),
  couch_server: counters("lru_skip"),
  db_open_time: histogram("milliseconds required to open a database"),
  dbinfo: histogram("distribution of latencies for calls to retrieve DB info"),
  httpd: counters("requests", "bulk_requests", "view_reads", "clients_requesting_changes", "aborted_requests"),
  httpd_request_methods: counters("COPY", "DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"),
  httpd_status_codes: counters("200", "201", "202", "304", "400", "401", "403", "404", "405", "409", "412", "500"),
  io_queue: counters("high", "low", "interactive"),
  io_queue2: counters("search", "system"),
  mrview: counters("map_doc", "emits"),
  query_server: counters("process_starts", "process_exits"),
  request_time: histogram("length of a request inside CouchDB without MochiWeb"),
};

const statistics: Tree = {
  couch_log: counters("level"),
  couch_replicator: counters("requests", "failed_starts"),
  couchdb,
  ddoc_cache: counters("hit", "miss"),
  dreyfus: counters("rpc"),
  fabric: counters("worker", "open_shard"),
  fsync: counters("count"),
  global_changes: counters("db_writes"),
  mango: counters("query_time"),
  mem3: counters("shard_cache"),
  nouveau: counters("search_latency"),
  pread: counters("exceed_eof"),
  rexi: counters("buffered", "dropped"),
};

/** What is at a path of `_stats`; null if there is nothing. */
export function stats(path: string[]): unknown {
  let found: unknown = statistics;
  for (const key of path) found = (found as Record<string, unknown> | undefined)?.[key];
  return found ?? null;
}

/** `_versions`. */
export const versions = {
  javascript_engine: { name: "quickjs" },
  erlang: {
    version: "25.2.3",
    supported_hashes:
      "blake2s blake2b sha3_512 sha3_384 sha3_256 sha3_224 sha512 sha384 sha256 sha224 sha ripemd160 md5 md4".split(
        " ",
      ),
  },
  collation_driver: {
    name: "libicu",
    library_version: "72.1",
    collator_version: "153.120",
    collation_algorithm_version: "15",
  },
};

/** `_system`. */
export function system(node: NodeParts): Record<string, unknown> {
  return {
    uptime: Math.floor((Date.now() - node.startedAt) / 1000),
    memory: { processes: process.memoryUsage().heapUsed, other: process.memoryUsage().rss },
    run_queue: 0,
    run_queue_dirty_cpu: 0,
    ets_table_count: 100,
    context_switches: 0,
    reductions: 0,
    garbage_collection_count: 0,
    words_reclaimed: 0,
    io_input: 0,
    io_output: 0,
    os_proc_count: 0,
    stale_proc_count: 0,
    process_count: 300,
    process_limit: 262144,
    message_queues: { couch_db_updater: 0 },
    internal_replication_jobs: 0,
    distribution: Object.fromEntries(node.distribution.connected().map((name) => [name, { send_pend: 0 }])),
    distribution_events: {},
  };
}

/** `_prometheus`. */
export function prometheus(node: NodeParts): string {
  const metric = (name: string, type: string, value: number) => `\n# TYPE ${name} ${type}\n${name} ${value}\n`;
  return (
    metric("couchdb_couch_log_requests_total", "counter", 0) +
    metric("couchdb_httpd_requests_total", "counter", 0) +
    metric("couchdb_uptime_seconds", "gauge", Math.floor((Date.now() - node.startedAt) / 1000))
  );
}
