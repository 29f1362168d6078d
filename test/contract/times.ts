/**
 * How long to wait. The double runs its clocks by the configuration keys of CouchDB, so where a recording waits for one
 * the double is given a shorter time; all other waits were only there to see that nothing happens any more.
 */

/** Configuration that makes the double quicker, by the number that a recording's name begins with. */
const QUICK: Record<string, Record<string, Record<string, string>>> = {
  "01b": { chttpd_auth_lockout: { max_lifetime: "2000" } },
  "09": { replicator: { interval: "1000", startup_jitter: "400" } },
  "09b": { replicator: { interval: "1000", startup_jitter: "400" } },
  "13": { cluster: { reconnect_interval_sec: "1" } },
  "17": { cluster: { reconnect_interval_sec: "1" } },
};

export function quickConfiguration(recording: string): Record<string, Record<string, string>> {
  return QUICK[recording.split("-")[0] as string] ?? {};
}

/** How long `finish_cluster` of the double waits for absent members: 5 s outside tests. */
export const CONNECT_TIMEOUT_MS = 1200;

/** What all waits of one replay have in common. */
export interface Pace {
  /** Milliseconds between two looks. */
  pollEvery: number;
  /** How long to wait for something that took `seconds`. */
  reachWithin(seconds: number): number;
  /** How long to see that something stays as it is, where it was looked at for `seconds`. */
  stayFor(seconds: number): number;
}

export const DOUBLE_PACE: Pace = {
  pollEvery: 15,
  reachWithin: () => 15_000,
  stayFor: (seconds) => Math.min(seconds * 1000, 600 + seconds * 40),
};

export const REAL_PACE: Pace = {
  pollEvery: 250,
  reachWithin: (seconds) => 60_000 + seconds * 3000,
  stayFor: (seconds) => seconds * 1000,
};

/** Seconds that passed before an exchange or event, where its note says so. */
export function pauseBefore(note: string | undefined): number {
  const match = /(?:^|\()(\d+) s (?:later|after)\b/.exec(note ?? "");
  return match ? Number(match[1]) : 0;
}
