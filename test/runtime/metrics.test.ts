import assert from "node:assert/strict";
import { test } from "node:test";
import { MetricsRegistry } from "../../components/runtime/metrics";

test("metrics in Prometheus' text format", async () => {
  const registry = new MetricsRegistry();
  const counter = registry.counter("reviews_total", "Reviews.", ["decision", "dry_run"]);
  const histogram = registry.histogram("duration_seconds", "Durations.", [0.001, 0.5]);
  const gauge = registry.gauge("leader", "Leads.");
  counter.inc({ decision: "allowed", dry_run: "false" });
  counter.inc({ decision: "allowed", dry_run: "false" });
  for (const seconds of [0.001, 0.25, 7]) histogram.observe(seconds);
  gauge.set(1);
  const { status, contentType, text } = await registry.response();
  assert.equal(status, 200);
  assert.equal(contentType, "text/plain; version=0.0.4; charset=utf-8");
  assert.deepEqual(text.split("\n").filter(Boolean), [
    "# HELP reviews_total Reviews.",
    "# TYPE reviews_total counter",
    'reviews_total{decision="allowed",dry_run="false"} 2',
    "# HELP duration_seconds Durations.",
    "# TYPE duration_seconds histogram",
    'duration_seconds_bucket{le="0.001"} 1',
    'duration_seconds_bucket{le="0.5"} 2',
    'duration_seconds_bucket{le="+Inf"} 3',
    "duration_seconds_sum 7.251",
    "duration_seconds_count 3",
    "# HELP leader Leads.",
    "# TYPE leader gauge",
    "leader 1",
  ]);
});

test("each program has its own, and only the memory is measured by default", async () => {
  const registry = new MetricsRegistry();
  registry.residentMemory();
  const { text } = await registry.response();
  assert.match(
    text,
    /^# HELP process_resident_memory_bytes .*\n# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes \d{7,}\n$/,
  );
  assert.equal((await new MetricsRegistry().response()).text.trim(), "");
});
