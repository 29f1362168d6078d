import type { Json } from "./objects";

const DECIMAL = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/** A resource quantity in Kubernetes' canonical form (`1000m` is `1`, `1024Mi` is `1Gi`); other values as they are. */
export function quantity(value: Json): Json {
  const text = typeof value === "number" ? decimalText(value) : value;
  if (typeof text !== "string") return value;
  const match = /^([+-]?)(\d+)(?:\.(\d*))?([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/.exec(text);
  if (!match) return value;
  const [, sign = "", whole = "0", fraction = "", suffix = ""] = match;
  const digits = BigInt(whole + fraction);
  const minus = sign === "-" && digits !== 0n ? "-" : "";
  if (suffix.endsWith("i")) return minus + binary(digits, fraction.length, suffix);
  const exponent = /^[eE][+-]?\d/.test(suffix) ? Number(suffix.slice(1)) : (DECIMAL.indexOf(suffix) - 3) * 3;
  return minus + decimal(digits, exponent - fraction.length, /^[eE][+-]?\d/.test(suffix));
}

function decimalText(value: number): string {
  return Number.isInteger(value) ? value.toFixed(0) : String(value);
}

/** `digits` × 10^`exponent`: the largest suffix that leaves a whole number; what is below a nano is rounded up. */
function decimal(digits: bigint, exponent: number, scientific: boolean): string {
  if (digits === 0n) return "0";
  let nanos = exponent >= -9 ? digits * 10n ** BigInt(exponent + 9) : roundedUp(digits, 10n ** BigInt(-9 - exponent));
  let step = 0;
  while (nanos % 1000n === 0n && step < DECIMAL.length - 1) {
    nanos /= 1000n;
    step++;
  }
  if (!scientific) return `${nanos}${DECIMAL[step]}`;
  return step === 3 ? `${nanos}` : `${nanos}e${(step - 3) * 3}`;
}

function binary(digits: bigint, fraction: number, suffix: string): string {
  const scaled = digits * 1024n ** BigInt(BINARY.indexOf(suffix));
  const divisor = 10n ** BigInt(fraction);
  // Kubernetes writes fractions of a byte in thousandths.
  if (scaled % divisor !== 0n) return decimal(scaled, -fraction, false);
  let bytes = scaled / divisor;
  let step = 0;
  while (bytes !== 0n && bytes % 1024n === 0n && step < BINARY.length - 1) {
    bytes /= 1024n;
    step++;
  }
  return `${bytes}${BINARY[step]}`;
}

function roundedUp(value: bigint, divisor: bigint): bigint {
  return (value + divisor - 1n) / divisor;
}
