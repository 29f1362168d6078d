/** Which files a layer has, and which of them run side by side. */
import { readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { checkout } from "../../toolchain/places";

/**
 * The layers, and how many of their files run at once for each processor: unit tests compute, the contract's recordings
 * are replayed at a pace, and the others mostly wait. A folder below `test/` that is not a layer of its own belongs to
 * `unit`.
 */
const filesPerProcessor = { unit: 2, contract: 0.5, engine: 2, cluster: 2 };

/** The name of a layer. */
export type Layer = keyof typeof filesPerProcessor;

/** All layers. */
export const layers = Object.keys(filesPerProcessor) as Layer[];

/** The order in which they run: some side by side. */
export const stages: readonly Layer[][] = [["contract", "unit"], ["engine"], ["cluster"]];

/** A test file: `source` below `test/`, and the compiled file that runs. */
export interface TestFile {
  source: string;
  compiled: string;
}

/** Source files decide, so that the compiled remains of a deleted test do not run. */
export function filesOf(layer: Layer, filters: readonly string[]): TestFile[] {
  return readdirSync(join(checkout, "test"), { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll(sep, "/"))
    .filter((file) => file.endsWith(".test.ts") && layerOf(file) === layer)
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
    .sort()
    .map((source) => ({ source, compiled: join(checkout, "dist/test", source.replace(/\.ts$/, ".js")) }));
}

function layerOf(source: string): Layer {
  return layers.find((layer) => layer === source.split("/")[0]) ?? "unit";
}

/**
 * Whether a file never runs beside another of its kind: what lies in a folder `serial`. These take from the cluster what
 * others of them need: a host (by a drain), a kind of object, answers that no other webhook gives.
 */
export function isSerial({ source }: TestFile): boolean {
  return source.split("/").includes("serial");
}

/** How many files of a layer run at once. A testbed's two hosts have room for no more than eight. */
export function filesAtOnce(layer: Layer, processors: number): number {
  return Math.max(1, Math.min(8, Math.floor(filesPerProcessor[layer] * processors)));
}
