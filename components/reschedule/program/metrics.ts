/** Measures in Prometheus' text format. */

/** Upper bounds in seconds. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts events by one or more labels. */
class Counter {
  private readonly counts = new Map<string, number>();

  constructor(
    private readonly name: string,
    private readonly help: string,
  ) {}

  /** Label names and values are the program's own words, which need no escapes. */
  add(labels: string): void {
    this.counts.set(labels, (this.counts.get(labels) ?? 0) + 1);
  }

  text(): string[] {
    const lines = [...this.counts].map(([labels, count]) => `${this.name}{${labels}} ${count}`);
    return [`# HELP ${this.name} ${this.help}`, `# TYPE ${this.name} counter`, ...lines];
  }
}

/** Counts durations by how long they are. */
class Histogram {
  private readonly counts = new Array<number>(bounds.length + 1).fill(0);
  private sum = 0;

  constructor(
    private readonly name: string,
    private readonly help: string,
  ) {}

  add(seconds: number): void {
    const bucket = bounds.findIndex((bound) => seconds <= bound);
    this.counts[bucket < 0 ? bounds.length : bucket]! += 1;
    this.sum += seconds;
  }

  text(): string[] {
    let total = 0;
    const buckets = [...bounds, "+Inf"].map((bound, index) => {
      total += this.counts[index]!;
      return `${this.name}_bucket{le="${bound}"} ${total}`;
    });
    return [
      `# HELP ${this.name} ${this.help}`,
      `# TYPE ${this.name} histogram`,
      ...buckets,
      `${this.name}_sum ${this.sum}`,
      `${this.name}_count ${total}`,
    ];
  }
}

/** What the program counts. */
export class Metrics {
  private readonly reviews = new Counter("reschedule_hook_reviews_total", "Reviews answered, by decision.");
  private readonly refusals = new Counter("reschedule_hook_bad_requests_total", "Requests that are no review.");
  private readonly questions = new Counter("reschedule_hook_api_requests_total", "Requests to the API server.");
  private readonly deletions = new Counter("reschedule_hook_deletions_total", "Pods deleted, by namespace.");
  private readonly durations = new Histogram("reschedule_hook_review_duration_seconds", "Time to answer a review.");
  private leads = 0;

  reviewed(decision: string, dryRun: boolean, seconds: number): void {
    this.reviews.add(`decision="${decision}",dry_run="${dryRun}"`);
    this.durations.add(seconds);
  }

  refused(code: number): void {
    this.refusals.add(`code="${code}"`);
  }

  asked(method: string, status: string): void {
    this.questions.add(`method="${method}",status="${status}"`);
  }

  deleted(namespace: string): void {
    this.deletions.add(`namespace="${namespace}"`);
  }

  leading(leads: boolean): void {
    this.leads = leads ? 1 : 0;
  }

  text(): string {
    const counters = [this.reviews, this.durations, this.refusals, this.questions, this.deletions];
    const gauges = [
      "# HELP reschedule_hook_leader Whether this process is the one that deletes pods.",
      "# TYPE reschedule_hook_leader gauge",
      `reschedule_hook_leader ${this.leads}`,
      "# HELP process_resident_memory_bytes Resident memory size in bytes.",
      "# TYPE process_resident_memory_bytes gauge",
      `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
    ];
    return `${[...counters.flatMap((counter) => counter.text()), ...gauges].join("\n")}\n`;
  }
}
