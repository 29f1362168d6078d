/** Exchanges that are not replayed, each with the reason why nothing here can depend on it. */

export interface Exclusion {
  /** Name of the recording. */
  recording: string;
  /** Numbers of exchanges: "7" or "7-12". */
  exchanges: string;
  reason: string;
}

export const NOT_REPLAYED: Exclusion[] = [
  {
    recording: "04-single-node",
    exchanges: "19",
    reason: "the few milliseconds while the only copy of a new database is being made; two seconds later is replayed",
  },
  {
    recording: "08-users-security",
    exchanges: "89-90",
    reason: "an error of CouchDB: after a document with a wrong id in _users a changed password is not noticed",
  },
];

/** The numbers that an exclusion names. */
export function numbersOf(exclusion: Exclusion): number[] {
  const [from, to = from] = exclusion.exchanges.split("-").map(Number) as [number, number?];
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
