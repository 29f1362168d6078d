/** How long it takes to load the package, and what it loads of Kubernetes when a cluster is first reached. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { checkout } from "../../toolchain/places";
import { compare } from "./measure";
import type { Result } from "./table";

const run = promisify(execFile);

/** Milliseconds that these lines take in a process of their own, after it has started. */
async function measured(lines: string): Promise<number> {
  const program = `(async () => {
    const start = performance.now();
    ${lines};
    console.log(performance.now() - start);
  })()`;
  const { stdout } = await run(process.execPath, ["--eval", program], { cwd: checkout });
  return Number(stdout);
}

/** Measures the ways to load something side by side: as we do it, and as it would be otherwise. */
async function benchLoad(
  what: string,
  ours: string,
  [other, otherwise]: [what: string, lines: string],
  repetitions: number,
): Promise<Result> {
  const ways = { ours: () => measured(ours), other: () => measured(otherwise) };
  const times = await compare(ways, repetitions);
  const milliseconds = (time: number) => `${time.toFixed(0)} ms`;
  const against = `${other} ${milliseconds(times.other)}`;
  return { what, median: milliseconds(times.ours), against, ratio: times.ours / times.other, limit: 1 };
}

/**
 * Measures the import alone and, as every import did before classes were loaded on first use, with all classes; and the
 * Kubernetes client library as the build bundles it, against the library's own files.
 */
export async function benchImport(repetitions: number): Promise<Result[]> {
  const all = 'Object.values(require("pulumi-couch"))';
  const library = 'require("./dist/components/clients/kubernetes/client-library").clientLibrary()';
  const files = 'await import("@kubernetes/client-node")';
  return [
    await benchLoad('import "pulumi-couch"', 'require("pulumi-couch")', ["with all classes", all], repetitions),
    await benchLoad("the Kubernetes client library", library, ["from its own files", files], repetitions),
  ];
}
