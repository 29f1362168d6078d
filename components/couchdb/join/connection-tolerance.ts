import { disconnectedIn, whyNotConnected } from "./describe";
import type { Observation } from "./observation";
import type { Step } from "./step";

/**
 * How long a recorded member may stay unconnected. Nodes connect within a second, but one that was missed, or came
 * back, is tried again only in the next round of `[cluster] reconnect_interval_sec`: 37 s ± 25 %
 * (https://docs.couchdb.org/en/stable/config/cluster.html).
 */
const toleratedSeconds = 60;

/** Recognises that nodes are never going to connect, long before an operation's deadline. */
export class ConnectionTolerance {
  private since: number | undefined;

  /** Throws if members have now been unconnected for too long. */
  check(nodes: readonly Observation[], steps: readonly Step[]): void {
    const disconnected = disconnectedIn(steps);
    if (disconnected.length === 0) {
      this.since = undefined;
      return;
    }
    this.since ??= performance.now();
    if (performance.now() - this.since < toleratedSeconds * 1000) return;
    throw new Error(whyNotConnected(disconnected, nodes));
  }
}
