/** Replays one recording: sends its requests in their order and compares the answers. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Comparison, compare, type Difference } from "./compare";
import { Credentials } from "./credentials";
import { NodesUnderReplay, NotReplayableHere } from "./nodes-under-replay";
import { exchangesIn, plan, type Step } from "./plan";
import type { Exchange, Recording } from "./recording";
import { type Received, send } from "./request";
import { DOUBLE_PACE, type Pace, pauseBefore, REAL_PACE } from "./times";

/** A node that begins to listen on another address cannot be reached for a moment. */
const CONNECT_RETRIES = 20;

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
  readonly outcome: Outcome = { replayed: [], failures: [], notHere: [] };
  private credentials: Credentials;
  private readonly pace: Pace;
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
    if (step.kind === "once") await this.once(step.exchange);
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

  private async once(exchange: Exchange): Promise<void> {
    await this.pause(exchange.note);
    const got = await this.ask(exchange);
    this.judge(exchange, got, this.compare(exchange, got));
  }

  private async poll(first: Exchange | undefined, last: Exchange): Promise<void> {
    const seconds = last.poll?.seconds ?? 0;
    if (last.poll?.reached === false) return this.stays(first ?? last, last);
    const patience = this.patience(seconds);
    const end = Date.now() + patience;
    for (let looks = 0; ; looks++) {
      const got = await this.ask(last);
      const comparison = this.compare(last, got);
      const done = comparison.differences.length === 0;
      if (looks === 0 && first && !(done && this.mayComeAtOnce(first)))
        this.judge(first, got, this.compare(first, got));
      if (done) return this.judge(last, got, comparison);
      if (Date.now() > end) return this.judge(last, got, comparison, `not so after ${patience} ms`);
      await sleep(this.pace.pollEvery);
    }
  }

  /** A scenario that has gone wrong already is not worth waiting for. */
  private patience(seconds: number): number {
    const limit = this.pace.reachWithin(seconds);
    return this.outcome.failures.length > 0 ? Math.min(limit, 2000) : limit;
  }

  /** Whether the awaited answer may be the first: how soon a process starts is nothing to rely on. */
  private mayComeAtOnce(first: Exchange): boolean {
    return first.sometimes_absent === true || first.status === null || this.nodes.real;
  }

  private async stays(first: Exchange, last: Exchange): Promise<void> {
    const end = Date.now() + this.pace.stayFor(last.poll?.seconds ?? 0);
    for (let expected = first; ; expected = last) {
      const got = await this.ask(expected);
      const comparison = this.compare(expected, got);
      if (comparison.differences.length > 0) {
        const since = expected === first ? [first, last] : [last];
        for (const exchange of new Set(since)) this.judge(exchange, got, comparison, "it should stay so");
        return;
      }
      this.judge(expected, got, comparison);
      if (Date.now() > end) return;
      await sleep(this.pace.pollEvery);
    }
  }

  /** Each answer must be the one before or the next of the list, and the last must come. */
  private async watch(list: Exchange[]): Promise<void> {
    const end = Date.now() + this.patience(list[0]?.watched?.seconds ?? 0);
    let at = 0;
    for (;;) {
      const got = await this.ask(list[at] as Exchange);
      let comparison = this.compare(list[at] as Exchange, got);
      const next = list[at + 1];
      if (comparison.differences.length > 0 && next) {
        const following = this.compare(next, got);
        if (following.differences.length === 0) {
          at++;
          comparison = following;
        }
      }
      const there = comparison.differences.length === 0;
      if (there) this.judge(list[at] as Exchange, got, comparison);
      if (there && at === list.length - 1) return;
      if (Date.now() > end) {
        this.judge(
          (there ? next : list[at]) as Exchange,
          got,
          this.compare((there ? next : list[at]) as Exchange, got),
          "watched",
        );
        return;
      }
      await sleep(this.pace.pollEvery);
    }
  }

  private async pause(note: string | undefined): Promise<void> {
    const seconds = pauseBefore(note);
    if (seconds > 0) await sleep(this.pace.stayFor(seconds));
  }

  private async ask(exchange: Exchange): Promise<Received> {
    let got = await this.askOnce(exchange);
    for (let i = 0; i < CONNECT_RETRIES && exchange.status !== null && neverConnected(got); i++) {
      await sleep(this.pace.pollEvery);
      got = await this.askOnce(exchange);
    }
    return exchange.response_body_is_text ? got : { ...got, response_body: parsed(got.response_body) };
  }

  private askOnce(exchange: Exchange): Promise<Received> {
    const { values } = this.nodes;
    return send({
      method: exchange.method,
      origin: this.nodes.origin(exchange.node),
      path: values.inText(exchange.path),
      headers: {
        ...(values.inJson(exchange.request_headers) as Record<string, string>),
        ...this.credentials.headers(exchange),
      },
      body: this.requestBody(exchange),
    });
  }

  private requestBody(exchange: Exchange): string | undefined {
    const body = exchange.request_body;
    if (body === undefined) return undefined;
    if (exchange.request_body_is_text) return String(body);
    const actual = this.nodes.values.inJson(body);
    const setup =
      exchange.path === "/_cluster_setup" ? this.nodes.addNodeBody(actual as Record<string, unknown>) : actual;
    return JSON.stringify(setup).replace(/<(\d+) times '(.)'>/g, (_, count, letter) => letter.repeat(Number(count)));
  }

  private compare(exchange: Exchange, got: Received): Comparison {
    return compare(exchange, got, this.nodes.values);
  }

  private judge(exchange: Exchange, got: Received, comparison: Comparison, why?: string): void {
    for (const [recorded, actual] of comparison.learned) this.nodes.values.set(recorded, actual);
    this.credentials.learn(exchange, got.response_headers?.["set-cookie"]);
    if (comparison.differences.length === 0) return;
    this.outcome.failures.push({ exchange, got, differences: comparison.differences, why });
  }
}

function neverConnected(got: Received): boolean {
  return got.status === null && /^connect /.test(got.transport_error ?? "");
}

function parsed(body: unknown): unknown {
  try {
    return JSON.parse(String(body));
  } catch {
    return body;
  }
}
