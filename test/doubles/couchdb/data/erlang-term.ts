import type { Json } from "./json";

/** An Erlang atom, which JSON has no word for. */
class Atom {
  constructor(readonly name: string) {}
}

/** What a revision is hashed from: JSON, atoms and tuples. */
export type Term = Json | Atom | Buffer | Tuple | Term[];

/** An Erlang tuple. */
export class Tuple {
  readonly elements: Term[];
  constructor(...elements: Term[]) {
    this.elements = elements;
  }
}

const ATOM = 100;
const SMALL_INTEGER = 97;
const INTEGER = 98;
const FLOAT = 70;
const SMALL_TUPLE = 104;
const NIL = 106;
const STRING = 107;
const LIST = 108;
const BINARY = 109;
const SMALL_BIG = 110;

function withLength(tag: number, width: 1 | 2 | 4, length: number): Buffer {
  const header = Buffer.alloc(1 + width);
  header[0] = tag;
  header.writeUIntBE(length, 1, width);
  return header;
}

function number(value: number): Buffer {
  if (!Number.isInteger(value)) {
    const float = Buffer.alloc(9);
    float[0] = FLOAT;
    float.writeDoubleBE(value, 1);
    return float;
  }
  if (value >= 0 && value < 256) return Buffer.from([SMALL_INTEGER, value]);
  if (value >= -(2 ** 31) && value < 2 ** 31) {
    const integer = Buffer.alloc(5);
    integer[0] = INTEGER;
    integer.writeInt32BE(value, 1);
    return integer;
  }
  const digits: number[] = [];
  for (let rest = BigInt(Math.abs(value)); rest > 0n; rest >>= 8n) digits.push(Number(rest & 255n));
  return Buffer.from([SMALL_BIG, digits.length, value < 0 ? 1 : 0, ...digits]);
}

function list(elements: Term[]): Buffer {
  if (elements.length === 0) return Buffer.from([NIL]);
  const isByte = (element: Term) => Number.isInteger(element) && (element as number) >= 0 && (element as number) < 256;
  // Erlang writes a list of bytes as a string; the hash of {"a":[1,2]} depends on it.
  if (elements.length < 65536 && elements.every(isByte)) {
    return Buffer.concat([withLength(STRING, 2, elements.length), Buffer.from(elements as number[])]);
  }
  return Buffer.concat([withLength(LIST, 4, elements.length), ...elements.map(encode), Buffer.from([NIL])]);
}

function binary(bytes: Buffer): Buffer {
  return Buffer.concat([withLength(BINARY, 4, bytes.length), bytes]);
}

function encode(term: Term): Buffer {
  if (typeof term === "string") return binary(Buffer.from(term, "utf8"));
  if (typeof term === "number") return number(term);
  if (typeof term === "boolean" || term === null) return encode(new Atom(String(term)));
  if (term instanceof Atom) return Buffer.concat([withLength(ATOM, 2, term.name.length), Buffer.from(term.name)]);
  if (term instanceof Tuple) {
    return Buffer.concat([Buffer.from([SMALL_TUPLE, term.elements.length]), ...term.elements.map(encode)]);
  }
  if (Buffer.isBuffer(term)) return binary(term);
  if (Array.isArray(term)) return list(term);
  // An object is {[{Key, Value}, …]}, in the order of the text it came from.
  return encode(new Tuple(Object.entries(term).map(([key, value]) => new Tuple(key, value))));
}

/** Encodes a term in Erlang's external term format, as `term_to_binary(Term, [{minor_version, 1}])` of OTP 25 does. */
export function encodeTerm(term: Term): Buffer {
  return Buffer.concat([Buffer.from([131]), encode(term)]);
}
