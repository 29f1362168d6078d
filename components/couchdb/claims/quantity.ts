/** What the suffixes of a Kubernetes quantity stand for. Those below one byte make no sense for a volume. */
const factors: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** How many bytes a Kubernetes quantity (`10Gi`, `1.5T`, `5e9`) stands for; `undefined` for what is not a valid size. */
export function bytesOf(quantity: string): number | undefined {
  const [, digits, exponent, suffix] = /^\+?(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d+)|([A-Za-z]*))$/.exec(quantity) ?? [];
  const factor = exponent === undefined ? factors[suffix ?? ""] : 10 ** Number(exponent);
  const bytes = digits === undefined || factor === undefined ? 0 : Number(digits) * factor;
  return Number.isFinite(bytes) && bytes > 0 ? bytes : undefined;
}

/** What is wrong with the size of a volume, or nothing. */
export function sizeProblem(size: string): string | undefined {
  if (typeof size === "string" && bytesOf(size) !== undefined) return undefined;
  return `${size} is not a valid size of a volume; give a Kubernetes quantity, such as 10Gi`;
}

/** Whether one quantity is less than another. What is not a valid size is never less. */
export function isLess(quantity: string, than: string): boolean {
  return (bytesOf(quantity) ?? Number.POSITIVE_INFINITY) < (bytesOf(than) ?? 0);
}
