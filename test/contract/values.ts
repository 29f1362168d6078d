/**
 * Recorded values that are others today: revisions, uuids, ids, sequences, cookies, and names and ports of nodes.
 * Each is learned from the answer that shows it, then put in place of the recorded one in requests and expectations.
 */

/** Everything in a text that may be such a value. */
const TOKEN =
  /[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32}|\d+-g[12][A-Za-z0-9_-]+|g1AAAA[A-Za-z0-9_-]+|(?:node\d|couchdb)(?:@|%40)127\.0\.0\.1|127\.0\.0\.1:\d+|adm:pass(?=@)/g;

export class Values {
  private readonly actual = new Map<string, string>();
  private readonly words = new Map<string, string>();
  private readonly numbers = new Map<number, number>();

  /** Remembers that `recorded` is `actual` here. */
  set(recorded: string, actual: string): void {
    this.actual.set(recorded, actual);
  }

  /** The same for a word that means this only where it stands alone. */
  setWord(recorded: string, actual: string): void {
    this.words.set(recorded, actual);
  }

  /** The same for a number, wherever it stands alone (in JSON, or as a string). */
  setNumber(recorded: number, actual: number): void {
    this.numbers.set(recorded, actual);
  }

  /** What `recorded` is here, if it was learned. */
  get(recorded: string): string | undefined {
    return this.actual.get(recorded);
  }

  /** `text` with every known value in it replaced. */
  inText(text: string): string {
    const number = this.numbers.get(Number(text));
    if (number !== undefined && text.trim() !== "") return String(number);
    const word = this.words.get(text);
    if (word !== undefined) return word;
    return text.replace(TOKEN, (token) => this.actual.get(token) ?? token);
  }

  /** The same for JSON: in keys too. */
  inJson(value: unknown): unknown {
    if (typeof value === "string") return this.inText(value);
    if (typeof value === "number") return this.numbers.get(value) ?? value;
    if (Array.isArray(value)) return value.map((item) => this.inJson(item));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.inText(key), this.inJson(item)]));
  }
}

/** The values in a text, in their order. */
export function tokensIn(text: string): string[] {
  return text.match(TOKEN) ?? [];
}
