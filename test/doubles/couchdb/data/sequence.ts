import { HttpError } from "../node-context";

/** How far each range has been read, and on which copy: sequences of different copies say nothing of each other. */
export type Vector = Record<string, { node: string; seq: number }>;

const MARK = "g1AAAA";

/** The opaque sequence of a clustered database: the sum of its parts, a dash, the parts. */
export function packSequence(vector: Vector): string {
  const sum = Object.values(vector).reduce((total, { seq }) => total + seq, 0);
  const parts = Object.entries(vector).map(([range, { node, seq }]) => [range, node, seq]);
  return `${sum}-${MARK}${Buffer.from(JSON.stringify(parts)).toString("base64url")}`;
}

/** Reads a sequence; `0` is the beginning; 400 as recorded if it is not valid. */
export function unpackSequence(text: string): Vector {
  if (text === "0" || text === "") return {};
  const malformed = new HttpError(400, "bad_request", "Malformed sequence supplied in 'since' parameter.");
  const match = /^"?\d+-g1AAAA([\w-]+)"?$/.exec(text);
  if (!match) throw malformed;
  try {
    const parts: unknown = JSON.parse(Buffer.from(match[1] as string, "base64url").toString());
    if (!Array.isArray(parts)) throw malformed;
    return Object.fromEntries(parts.map(([range, node, seq]) => [range, { node, seq }]));
  } catch {
    throw malformed;
  }
}
