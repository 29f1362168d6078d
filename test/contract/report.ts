/** What a person reads when a replay fails, and the count of what was replayed. */
import { type Exclusion, numbersOf } from "./not-replayed";
import { exchangesOf, type Recording } from "./recording";
import type { Failure } from "./replay";

const MAX_FAILURES = 30;

/** All that differs, with everything needed to ask the same by hand. */
export function describeFailures(recording: string, failures: Failure[]): string {
  const shown = failures.slice(0, MAX_FAILURES).map((failure) => describe(failure));
  const more = failures.length > shown.length ? `\n…and ${failures.length - shown.length} more` : "";
  return `${recording}: ${failures.length} answers differ from the recorded ones\n\n${shown.join("\n\n")}${more}`;
}

function describe({ exchange, got, differences, why }: Failure): string {
  const lines = [
    `#${exchange.n} ${exchange.node} (${exchange.auth}) ${exchange.method} ${exchange.path} ${short(exchange.request_body)}`,
    exchange.note && `  note:     ${exchange.note}`,
    exchange.poll && `  poll:     ${exchange.poll.role} answer${why ? `, ${why}` : ""}`,
    `  expected: ${exchange.status} ${short(exchange.response_body)}`,
    exchange.also_seen &&
      `  or:       ${exchange.also_seen.map((other) => `${other.status} ${short(other.response_body)}`).join(" or ")}`,
    `  got:      ${got.status} ${short(got.response_body ?? got.transport_error)}`,
    ...differences
      .slice(0, 8)
      .map(({ at, expected, got }) => `  at ${at}: expected ${short(expected)}, got ${short(got)}`),
  ];
  return lines.filter((line) => line).join("\n");
}

function short(value: unknown): string {
  const text =
    value === undefined ? "nothing" : typeof value === "string" ? JSON.stringify(value) : JSON.stringify(value);
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}

/** Names on the list of exclusions that no recording has. */
export function unknownExclusions(exclusions: Exclusion[], recordings: Recording[]): string[] {
  return exclusions.flatMap((exclusion) => {
    const recording = recordings.find(({ name }) => name === exclusion.recording);
    const known = new Set(recording ? exchangesOf(recording).map(({ n }) => n) : []);
    return numbersOf(exclusion)
      .filter((n) => !known.has(n))
      .map((n) => `${exclusion.recording} #${n}`);
  });
}

/** `1,100 of 1,202 exchanges replayed (91 %), …` */
export function summary(replayed: number, total: number, groups: { reason: string; count: number }[]): string {
  const number = new Intl.NumberFormat("en");
  const rest = groups.map(({ reason, count }) => `${number.format(count)} not: ${reason}`);
  const share = Math.floor((100 * replayed) / total);
  return [
    `contract: ${number.format(replayed)} of ${number.format(total)} exchanges replayed (${share} %)`,
    ...rest,
  ].join("\n  ");
}
