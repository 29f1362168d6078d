import { MetricsRegistry } from "../../runtime/metrics";
import type { RouteResponse } from "../../runtime/routes";

/** Upper bounds in seconds. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What the program measures. */
export class Metrics {
  private readonly registry = new MetricsRegistry();
  private readonly reviews = this.registry.counter("reschedule_hook_reviews_total", "Reviews answered, by decision.", [
    "decision",
    "dry_run",
  ]);
  private readonly durations = this.registry.histogram(
    "reschedule_hook_review_duration_seconds",
    "Time to answer a review.",
    buckets,
  );
  private readonly rejections = this.registry.counter(
    "reschedule_hook_bad_requests_total",
    "Requests that are not reviews.",
    ["code"],
  );
  private readonly requests = this.registry.counter(
    "reschedule_hook_api_requests_total",
    "Requests to the API server.",
    ["method", "status"],
  );
  private readonly deletions = this.registry.counter("reschedule_hook_deletions_total", "Pods deleted, by namespace.", [
    "namespace",
  ]);
  private readonly leader = this.registry.gauge(
    "reschedule_hook_leader",
    "Whether this process is the one that deletes pods.",
  );

  constructor() {
    this.registry.residentMemory();
  }

  /** A review was answered. */
  reviewed(decision: string, dryRun: boolean, seconds: number): void {
    this.reviews.inc({ decision, dry_run: String(dryRun) });
    this.durations.observe(seconds);
  }

  /** A request was rejected with this status, as it was not a review. */
  rejected(code: number): void {
    this.rejections.inc({ code });
  }

  /** A request was sent to the API server. */
  requested(method: string, status: string): void {
    this.requests.inc({ method, status });
  }

  /** A pod was deleted. */
  deleted(namespace: string): void {
    this.deletions.inc({ namespace });
  }

  /** This process has begun or ceased to lead. */
  leading(leads: boolean): void {
    this.leader.set(leads ? 1 : 0);
  }

  /** The answer of `/metrics`. */
  response(): Promise<RouteResponse> {
    return this.registry.response();
  }
}
