/** Replays one recording: sends its requests in their order and compares the answers. */
import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "./ask";
import { type Comparison, compare, type Difference } from "./compare";
import { Credentials } from "./credentials";
import { isChanging, isOnTheWay, isStillShort } from "./membership";
import { NodesUnderReplay, NotReplayableHere } from "./nodes-under-replay";
import { exchangesIn, plan, type Step } from "./plan";
import type { Exchange, Recording } from "./recording";
import type { Received } from "./request";
import { DOUBLE_PACE, type Pace, pauseBefore, REAL_PACE } from "./times";

/** How long a poll waits for the recorded answer itself before it takes another one that was seen. */
const OTHERS_AFTER_MS = 500;

/** How soon after the answer before a look must be sent to tell whether the nodes are as slow as recorded. */
const PROMPT_MS = 20;

/** An exchange whose answer is not the recorded one. */
export interface Failure {
  exchange: Exchange;
  got: Received;
  differences: Difference[];
  why?: string;
}

export interface Outcome {
  replayed: number[];
  failures: Failure[];
  /** Looks at a change under way that were sent promptly, and how many of them were too late for what was recorded. */
  looks: { all: number; late: number };
  /** Exchanges that the nodes of `COUCHDB_FRESH_NODES` cannot replay, and why. */
  notHere: { numbers: number[]; reason: string }[];
}

/** Replays everything but the exchanges in `skip`. Throws where the nodes cannot be made what the scenario needs. */
export async function replay(recording: Recording, skip: ReadonlySet<number>): Promise<Outcome> {
  const replayer = new Replayer(new NodesUnderReplay(recording.name));
  try {
    for (const step of plan(recording, skip)) await replayer.step(step);
  } finally {
    await replayer.nodes.stop();
  }
  return replayer.outcome;
}

class Replayer {
  readonly outcome: Outcome = { replayed: [], failures: [], looks: { all: 0, late: 0 }, notHere: [] };
  private credentials: Credentials;
  private readonly pace: Pace;
  private answered = 0;
  /** Whether the last request was sent promptly after the answer before. */
  private prompt = false;
  /** Why steps are left out until fresh nodes are started. */
  private notHere: string | undefined;

  constructor(readonly nodes: NodesUnderReplay) {
    this.credentials = new Credentials(nodes.admin);
    this.pace = nodes.real ? REAL_PACE : DOUBLE_PACE;
  }

  async step(step: Step): Promise<void> {
    const numbers = exchangesIn(step).map((exchange) => exchange.n);
    if (step.kind === "event") return this.event(step);
    if (this.notHere !== undefined) {
      this.outcome.notHere.push({ numbers, reason: this.notHere });
      return;
    }
    this.outcome.replayed.push(...numbers);
    if (step.kind === "once") await this.once(step.exchange, step.next);
    else if (step.kind === "poll") await this.poll(step.first, step.last);
    else await Promise.all(step.lists.map((list) => this.watch(list)));
  }

  private async event(step: Extract<Step, { kind: "event" }>): Promise<void> {
    if (step.action.do === "fresh") this.notHere = undefined;
    if (this.notHere !== undefined) return;
    await this.pause(step.note);
    try {
      await this.nodes.act(step.action);
    } catch (error) {
      if (!(error instanceof NotReplayableHere)) throw error;
      this.notHere = error.message;
    }
    if (step.action.do === "fresh") this.credentials = new Credentials(this.nodes.admin);
  }

  private async once(exchange: Exchange, next: Exchange | undefined): Promise<void> {
    await this.pause(exchange.note);
    const got = await this.askOnceHeard(exchange);
    const comparison = this.compare(exchange, got);
    const changing = next !== undefined && isChanging(exchange, next);
    if (changing && this.cameLate(comparison, () => isOnTheWay(exchange, next, got, this.nodes.values))) return;
    this.settle(exchange, got, comparison);
  }

  private async poll(first: Exchange | undefined, last: Exchange): Promise<void> {
    const seconds = last.poll?.seconds ?? 0;
    if (last.poll?.reached === false) return this.stays(first ?? last, last);
    const limit = this.limit(seconds);
    const start = Date.now();
    const end = start + limit;
    for (let looks = 0; ; looks++) {
      const got = await this.ask(last);
      const comparison = this.compare(last, got);
      const agrees = comparison.differences.length === 0;
      const done = agrees && (!first || this.isExactly(last, got) || Date.now() > start + OTHERS_AFTER_MS);
      if (looks === 0 && first) this.firstLook(first, last, got, done);
      if (done) return this.settle(last, got, comparison);
      if (Date.now() > end) return this.settle(last, got, comparison, `not so after ${limit} ms`);
      await sleep(this.pace.pollEvery);
    }
  }

  private firstLook(first: Exchange, last: Exchange, got: Received, done: boolean): void {
    const atOnce = first.sometimes_absent === true || first.status === null;
    if (atOnce && done) return;
    const comparison = this.compare(first, got);
    const members = first.path === "/_membership";
    const late = () => done || (members && isOnTheWay(first, last, got, this.nodes.values));
    if (!this.cameLate(comparison, late)) this.settle(first, got, comparison);
  }

  /** On a busy machine a look comes late; that all come late would mean that the double is quicker than real nodes. */
  private cameLate({ differences }: Comparison, isLater: () => boolean): boolean {
    const late = differences.length > 0 && isLater();
    if (this.prompt) this.outcome.looks.all++;
    if (this.prompt && late) this.outcome.looks.late++;
    return late;
  }

  /** How many ms to wait; only a moment once the scenario has failed. */
  private limit(seconds: number): number {
    const limit = this.pace.reachWithin(seconds);
    return this.outcome.failures.length > 0 && !this.nodes.real ? Math.min(limit, 2000) : limit;
  }

  /** What is there in the end must be the recorded answer, and no other status before. */
  private async stays(first: Exchange, last: Exchange): Promise<void> {
    const start = Date.now();
    const seconds = last.poll?.seconds ?? 0;
    for (let looks = 0; ; looks++) {
      const got = await this.ask(last);
      const comparison = this.compare(last, got);
      if (looks === 0 && first !== last) this.settle(first, got, this.compare(first, got));
      const time = Date.now() - start;
      const there = comparison.differences.length === 0;
      const over = there ? time > this.pace.stayFor(seconds) : time > this.limit(seconds);
      if (over || got.status !== last.status) return this.settle(last, got, comparison, "it should stay so");
      await sleep(this.pace.pollEvery);
    }
  }

  /** Each answer must be the one before or the next of the list, and the last must come. */
  private async watch(list: Exchange[]): Promise<void> {
    const end = Date.now() + this.limit(list[0]?.watched?.seconds ?? 0);
    for (let at = 0; ; ) {
      const got = await this.ask(list[at] as Exchange);
      if (this.isExactly(list[at + 1], got)) at++;
      else if (isShort(list[at + 1]) && this.isExactly(list[at + 2], got)) at += 2;
      const expected = list[at] as Exchange;
      const comparison = this.compare(expected, got);
      const there = comparison.differences.length === 0;
      if (there) this.settle(expected, got, comparison);
      if (there && at === list.length - 1) return;
      if (Date.now() > end) {
        const missing = list[there ? at + 1 : at] as Exchange;
        this.settle(missing, got, this.compare(missing, got), "it has not been seen");
        return;
      }
      await sleep(2 * this.pace.pollEvery);
    }
  }

  /** Whether this is the recorded answer itself: what else was seen may be that of another place in the list. */
  private isExactly(exchange: Exchange | undefined, got: Received): boolean {
    return exchange !== undefined && this.compare({ ...exchange, also_seen: undefined }, got).differences.length === 0;
  }

  private async pause(note: string | undefined): Promise<void> {
    const seconds = pauseBefore(note);
    if (seconds > 0) await sleep(this.pace.stayFor(seconds));
  }

  private async ask(exchange: Exchange): Promise<Received> {
    this.prompt = performance.now() - this.answered < PROMPT_MS;
    const got = await ask(exchange, this.nodes, this.credentials);
    this.answered = performance.now();
    return got;
  }

  /** Nodes hear of each other a moment after they were added: a look at the members that came early is repeated. */
  private async askOnceHeard(exchange: Exchange): Promise<Received> {
    const end = Date.now() + this.limit(0);
    for (;;) {
      const got = await this.ask(exchange);
      const early = exchange.path === "/_membership" && isStillShort(exchange, got, this.nodes.values);
      if (!early || Date.now() > end) return got;
      await sleep(this.pace.pollEvery);
    }
  }

  private compare(exchange: Exchange, got: Received): Comparison {
    return compare(exchange, got, this.nodes.values);
  }

  private settle(exchange: Exchange, got: Received, comparison: Comparison, why?: string): void {
    for (const [recorded, actual] of comparison.learned) this.nodes.values.set(recorded, actual);
    this.credentials.learn(exchange, got.response_headers?.["set-cookie"]);
    if (comparison.differences.length === 0) return;
    this.outcome.failures.push({ exchange, got, differences: comparison.differences, why });
  }
}

/** A replication that only says `running`, before it has tried anything, may be over before it is seen. */
function isShort(exchange: Exchange | undefined): boolean {
  const body = exchange?.response_body as { state?: unknown; info?: unknown } | undefined;
  return body?.state === "running" && body.info === null;
}
