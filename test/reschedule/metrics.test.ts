/** The names, labels and buckets that dashboards and alerts of users rely on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Metrics } from "../../components/reschedule/program/metrics";

test("the metrics of the hook", async () => {
  const metrics = new Metrics();
  metrics.reviewed("allowed", false, 0.002);
  metrics.rejected(413);
  metrics.requested("GET", "200");
  metrics.deleted("shop");
  metrics.leading(true);
  const { text } = await metrics.response();
  const lines = text.split("\n").filter((line) => line && !line.startsWith("# HELP"));
  const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, "+Inf"];
  assert.deepEqual(lines.slice(0, -1), [
    "# TYPE reschedule_hook_reviews_total counter",
    'reschedule_hook_reviews_total{decision="allowed",dry_run="false"} 1',
    "# TYPE reschedule_hook_review_duration_seconds histogram",
    ...bounds.map((le, at) => `reschedule_hook_review_duration_seconds_bucket{le="${le}"} ${at === 0 ? 0 : 1}`),
    "reschedule_hook_review_duration_seconds_sum 0.002",
    "reschedule_hook_review_duration_seconds_count 1",
    "# TYPE reschedule_hook_bad_requests_total counter",
    'reschedule_hook_bad_requests_total{code="413"} 1',
    "# TYPE reschedule_hook_api_requests_total counter",
    'reschedule_hook_api_requests_total{method="GET",status="200"} 1',
    "# TYPE reschedule_hook_deletions_total counter",
    'reschedule_hook_deletions_total{namespace="shop"} 1',
    "# TYPE reschedule_hook_leader gauge",
    "reschedule_hook_leader 1",
    "# TYPE process_resident_memory_bytes gauge",
  ]);
});

test("before anything has happened, the leader's metric and the histogram are there", async () => {
  const { text } = await new Metrics().response();
  assert.match(text, /reschedule_hook_leader 0\n/);
  assert.match(text, /reschedule_hook_review_duration_seconds_count 0\n/);
});
