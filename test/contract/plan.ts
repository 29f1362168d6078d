/** Turns a recording into the steps of its replay. */
import { type Action, parseEvent } from "./events";
import { type Exchange, isEvent, type Recording } from "./recording";

export type Step =
  | { kind: "event"; action: Action; note?: string }
  /** Ask once. */
  | {
      kind: "once";
      exchange: Exchange /** What the same was answered next, where it changes by itself. */;
      next?: Exchange;
    }
  /** Ask until `last` is the answer; where it was never reached, see that it stays. */
  | { kind: "poll"; first?: Exchange; last: Exchange }
  /** Ask all of them over and over: each is a list of answers that appear one after the other. */
  | { kind: "watch"; lists: Exchange[][] };

/** The steps in their order. `skip` has the numbers of exchanges that are not replayed. */
export function plan(recording: Recording, skip: ReadonlySet<number>): Step[] {
  const steps: Step[] = [];
  const entries = recording.entries.filter((entry) => !skip.has(entry.n));
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i] as (typeof entries)[number];
    if (isEvent(entry)) {
      steps.push({ kind: "event", action: parseEvent(entry.event), note: entry.note });
    } else if (entry.poll?.role === "first") {
      const last = entries[++i];
      if (last === undefined || isEvent(last) || last.poll?.role !== "last") throw new Error(`#${entry.n}: no end`);
      steps.push({ kind: "poll", first: entry, last });
    } else if (entry.poll) {
      steps.push({ kind: "poll", last: entry });
    } else if (entry.watched) {
      const list = [entry];
      for (let next = entries[i + 1]; isNextOf(entry, next); next = entries[i + 1]) {
        list.push(next);
        i++;
      }
      steps.push({ kind: "watch", lists: [list] });
    } else {
      steps.push({ kind: "once", exchange: entry, next: nextView(entry, entries.slice(i + 1)) });
    }
  }
  return watchTogether(steps);
}

/** The numbers of the exchanges that a step replays. */
export function exchangesIn(step: Step): Exchange[] {
  switch (step.kind) {
    case "event":
      return [];
    case "once":
      return [step.exchange];
    case "poll":
      return step.first ? [step.first, step.last] : [step.last];
    case "watch":
      return step.lists.flat();
  }
}

function isNextOf(watched: Exchange, entry: Recording["entries"][number] | undefined): entry is Exchange {
  return (
    entry !== undefined &&
    !isEvent(entry) &&
    !entry.poll &&
    !entry.watched &&
    entry.note === watched.note &&
    entry.path === watched.path
  );
}

/** Members hear of each other a moment after a request is answered: the next look at the same may be another. */
function nextView(view: Exchange, following: Recording["entries"]): Exchange | undefined {
  if (view.path !== "/_membership") return undefined;
  const end = following.findIndex(isEvent);
  const candidates = end < 0 ? following : following.slice(0, end);
  return candidates.find(
    (entry): entry is Exchange => !isEvent(entry) && entry.node === view.node && entry.path === view.path,
  );
}

/** Watches were recorded at the same time, with what was read at their end listed after each. */
function watchTogether(steps: Step[]): Step[] {
  const first = steps.findIndex((step) => step.kind === "watch");
  const last = steps.findLastIndex((step) => step.kind === "watch");
  const between = steps.slice(first, last + 1);
  const reads = between.filter((step) => step.kind === "once" && step.exchange.method === "GET");
  const watches = between.filter((step) => step.kind === "watch");
  if (watches.length < 2 || reads.length + watches.length < between.length) return steps;
  const together: Step = { kind: "watch", lists: watches.flatMap((step) => step.lists) };
  return [...steps.slice(0, first), together, ...reads, ...steps.slice(last + 1)];
}
