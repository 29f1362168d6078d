import type * as prometheus from "prom-client";

// Not the package as a whole: its default metrics and OpenTelemetry's API take 4 MiB of memory.
import Counter = require("prom-client/lib/counter");
import Gauge = require("prom-client/lib/gauge");
import Histogram = require("prom-client/lib/histogram");
import Registry = require("prom-client/lib/registry");

import type { RouteResponse } from "./routes";

/**
 * Metrics of one program, in Prometheus' text format. They are in a registry of its own, and nothing is measured by
 * default but `process_resident_memory_bytes`.
 */
export class MetricsRegistry {
  private readonly registry = new Registry();

  /** A count that only rises. */
  counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): prometheus.Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  /** A value that rises and falls. `collect` reads it when it is asked for; otherwise it is set. */
  gauge(name: string, help: string, collect?: () => number): prometheus.Gauge {
    const read = collect && {
      collect(this: prometheus.Gauge): void {
        this.set(collect());
      },
    };
    return new Gauge({ name, help, registers: [this.registry], ...read });
  }

  /**
   * Counts of durations.
   *
   * @param buckets upper bounds in seconds
   */
  histogram(name: string, help: string, buckets: readonly number[]): prometheus.Histogram {
    return new Histogram({ name, help, buckets: [...buckets], registers: [this.registry] });
  }

  /** Adds the memory of this process, by the name that Prometheus' own clients give it. */
  residentMemory(): void {
    const help = "Resident memory size in bytes.";
    this.gauge("process_resident_memory_bytes", help, () => process.memoryUsage.rss());
  }

  /** The answer of `/metrics`. */
  async response(): Promise<RouteResponse> {
    return { status: 200, contentType: this.registry.contentType, text: await this.registry.metrics() };
  }
}
