/** Compares an answer with the recorded one. */
import { isDeepStrictEqual } from "node:util";
import { earlyStates } from "./early-states";
import { kindOf, meaningOf, revisionVaries, variesByName } from "./kinds";
import type { Answer, Exchange } from "./recording";
import { isShortened, SAME_SECRET, SECRET, shortForm } from "./shortened";
import { tokensIn, type Values } from "./values";

/** One difference: where, and what was expected there. */
export interface Difference {
  at: string;
  expected: unknown;
  got: unknown;
}

/** What a comparison found: differences, and the values it learned. */
export interface Comparison {
  differences: Difference[];
  learned: [recorded: string, actual: string][];
}

/** Headers that tell a client something. `etag` is compared apart: where it varies only its presence counts. */
const COMPARED_HEADERS = ["content-type", "location", "www-authenticate", "allow", "cache-control"];

/** Compares with the recorded answer and everything in `also_seen`; the first that agrees wins. */
export function compare(exchange: Exchange, actual: Answer, values: Values): Comparison {
  const [main, ...others] = [exchange, ...(exchange.also_seen ?? []), ...earlyStates(exchange)].map((answer) =>
    compareAnswer(exchange, answer, actual, values),
  );
  return others.find((other) => other.differences.length === 0 && main?.differences.length) ?? (main as Comparison);
}

function compareAnswer(exchange: Exchange, expected: Answer, actual: Answer, values: Values): Comparison {
  const comparer = new Comparer(values, exchange);
  comparer.scalar("status", expected.status, actual.status);
  if (expected.status !== null && actual.status !== null) {
    comparer.body(expected.response_body, actual.response_body);
    if (expected.response_headers) comparer.headers(expected.response_headers, actual.response_headers ?? {});
  }
  return comparer;
}

class Comparer implements Comparison {
  readonly differences: Difference[] = [];
  readonly learned: [string, string][] = [];

  private readonly varies: Set<string>;
  private readonly revisionVaries: boolean;

  constructor(
    private readonly values: Values,
    private readonly exchange: Exchange,
  ) {
    this.varies = new Set(exchange.varies);
    this.revisionVaries = revisionVaries(exchange) || isOtherContent(exchange, values);
  }

  scalar(at: string, expected: unknown, got: unknown): void {
    if (expected !== got) this.differences.push({ at, expected, got });
  }

  headers(expected: Record<string, string>, got: Record<string, string>): void {
    for (const name of COMPARED_HEADERS) this.scalar(`header ${name}`, this.text(expected[name]), got[name]);
    this.scalar("header connection: close", expected.connection === "close", got.connection === "close");
    if (this.varies.has("header:etag") || this.revisionVaries) this.kind("header etag", expected.etag, got.etag);
    else this.scalar("header etag", this.text(expected.etag), got.etag);
    this.scalar("header set-cookie", cookieShape(expected["set-cookie"]), cookieShape(got["set-cookie"]));
  }

  body(expected: unknown, got: unknown): void {
    if (/\/_stats\//.test(this.exchange.path)) this.kind("", expected, got);
    else if (this.varies.has("/") || (this.exchange.partial && typeof expected === "string"))
      this.kind("/", expected, got);
    else this.value("", undefined, expected, got);
  }

  private value(at: string, member: string | undefined, expected: unknown, got: unknown): void {
    if (this.differs(at, member, expected)) this.kind(at, expected, got);
    else if (isShortened(expected)) this.shortened(at, expected, got);
    else if (Array.isArray(expected) && Array.isArray(got)) this.array(at, member, expected, got);
    else if (isObject(expected) && isObject(got)) this.object(at, expected, got);
    else this.scalar(at || "body", this.values.inJson(expected), got);
  }

  /** Whether this is another value each time. The recorder took revisions for such, most of them wrongly. */
  private differs(at: string, member: string | undefined, expected: unknown): boolean {
    if (kindOf(expected) === "revision") return this.revisionVaries;
    return this.varies.has(at) || variesByName(member) || /^(shard|replication id)$/.test(kindOf(expected));
  }

  private object(at: string, expected: Record<string, unknown>, got: Record<string, unknown>): void {
    const names = new Map(Object.keys(expected).map((name) => [this.values.inText(name), name]));
    for (const [name, recorded] of names) {
      const pointer = `${at}/${recorded.replace(/~/g, "~0").replace(/\//g, "~1")}`;
      if (name in got) this.value(pointer, recorded, expected[recorded], got[name]);
      else this.differences.push({ at: pointer, expected: expected[recorded], got: "nothing there" });
    }
    for (const name of Object.keys(got)) {
      if (!names.has(name) && !this.exchange.partial)
        this.differences.push({ at: `${at}/${name}`, expected: "nothing there", got: got[name] });
    }
  }

  private array(at: string, member: string | undefined, expected: unknown[], got: unknown[]): void {
    if (expected.length !== got.length) {
      this.differences.push({ at: at || "body", expected: this.values.inJson(expected), got });
      return;
    }
    if (holdsShard(at) && this.placed(at, got)) return;
    const [wanted, there] = [inOrder(member, at, expected, this.values), inOrder(member, at, got)];
    wanted.forEach((item, index) => {
      const position = wanted === expected ? index : expected.indexOf(item);
      this.value(`${at}/${position}`, undefined, item, there[index]);
    });
  }

  /** Where recordings differ in which nodes hold a shard, any may, but the same ones ever after. */
  private placed(at: string, got: unknown[]): boolean {
    const place = `${this.exchange.path} ${at}`;
    const nodes = [...got].sort().join();
    if (this.values.get(place) === nodes) return true;
    if (!this.exchange.also_seen && !/which one varies/.test(this.exchange.note ?? "")) return false;
    this.learned.push([place, nodes]);
    return true;
  }

  /** Another value of the same kind will do, but what was learned before must be the same again. */
  private kind(at: string, expected: unknown, got: unknown): void {
    if (Array.isArray(expected) && Array.isArray(got)) return;
    if (isShortened(expected)) {
      this.shortened(at, expected, got);
      return;
    }
    if (isObject(expected) && isObject(got)) {
      for (const name of Object.keys(expected)) this.kind(`${at}/${name}`, expected[name], got[name]);
      return;
    }
    if (kindOf(expected) !== kindOf(got)) {
      this.differences.push({ at, expected: `a value like ${JSON.stringify(expected)}`, got });
    } else if (typeof expected === "string" && typeof got === "string") {
      this.learn(at, expected, got);
    }
  }

  private learn(at: string, expected: string, got: string): void {
    if (meaningOf(expected) !== meaningOf(got)) {
      this.differences.push({ at, expected: `a value like ${JSON.stringify(expected)}`, got });
      return;
    }
    const [recorded, actual] = [tokensIn(expected), tokensIn(got)];
    recorded.forEach((token, index) => {
      const known = this.values.get(token);
      if (known !== undefined && /^[0-9a-f]+$/.test(token) && known !== actual[index]) {
        this.differences.push({ at, expected: `${known}, as learned before`, got });
      } else if (actual[index] !== undefined) this.learned.push([token, actual[index]]);
    });
  }

  /** The recorder shortened this: see the README of the recordings. */
  private shortened(at: string, expected: unknown, got: unknown): void {
    if (isObject(expected)) {
      const names = isObject(got) ? Object.keys(got).sort() : got;
      if (!isDeepStrictEqual(names, Object.values(expected)[0])) {
        this.differences.push({ at, expected, got: names });
      }
    } else if (!(typeof got === "string" && shortForm(expected as string).test(got))) {
      this.differences.push({ at, expected, got });
    } else if (expected === SECRET) this.learned.push([SECRET, got]);
    else if (expected === SAME_SECRET) this.scalar(at, this.values.get(SECRET), got);
  }

  private text(text: string | undefined): string | undefined {
    if (text === undefined) return undefined;
    return this.learned.reduce((known, [from, to]) => known.replaceAll(from, to), this.values.inText(text));
  }
}

/** Whether what was written or is named here has values of today in it: the revision then is one of today too. */
function isOtherContent({ path, request_body, response_body }: Exchange, values: Values): boolean {
  const same = [path, request_body, response_body].every((part) => isDeepStrictEqual(values.inJson(part), part));
  return !same;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** Whether a list of nodes stands there, those with a copy of a shard. */
function holdsShard(at: string): boolean {
  return /^\/(shards|by_range)\//.test(at);
}

/** The order of copies of a shard and of replication jobs means nothing; that of rows depends on ids made by the node. */
function inOrder(member: string | undefined, at: string, items: unknown[], values?: Values): unknown[] {
  const name = (item: unknown) => values?.inText(String(item)) ?? String(item);
  if (holdsShard(at)) return [...items].sort((a, b) => (name(a) < name(b) ? -1 : 1));
  if (member === "rows" && [...items].some((row) => isObject(row) && /^[0-9a-f]{32}$/.test(String(row.id)))) {
    const id = (row: unknown) => name(isObject(row) ? row.id : "");
    return [...items].sort((a, b) => (id(a) < id(b) ? -1 : 1));
  }
  const job = (item: unknown) => String(isObject(item) ? item.doc_id : "");
  return member === "jobs" ? [...items].sort((a, b) => (job(a) < job(b) ? -1 : 1)) : items;
}

/** Name and attributes of a cookie without its value and the time. */
function cookieShape(cookie: string | undefined): string | undefined {
  return cookie?.replace(/=[^;]+(?=; Version)/, "=…").replace(/Expires=[^;]+/, "Expires=…");
}
