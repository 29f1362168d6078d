/** How long `import "pulumi-couch"` takes, against the time with all that it can load. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { checkout } from "../../toolchain/places";
import { compare } from "./measure";
import type { Result } from "./table";

const run = promisify(execFile);

/** Milliseconds that these lines take in a process of their own, after it has started. */
async function measured(lines: string): Promise<number> {
  const program = `const start = performance.now(); ${lines}; console.log(performance.now() - start)`;
  const { stdout } = await run(process.execPath, ["--eval", program], { cwd: checkout });
  return Number(stdout);
}

/** Measures the import alone and, as every import did before classes were loaded on first use, with all classes. */
export async function benchImport(repetitions: number): Promise<Result[]> {
  const ways = {
    alone: () => measured('require("pulumi-couch")'),
    all: () => measured('Object.values(require("pulumi-couch"))'),
  };
  const { alone, all } = await compare(ways, repetitions);
  const milliseconds = (time: number) => `${time.toFixed(0)} ms`;
  const against = `with all classes ${milliseconds(all)}`;
  return [{ what: 'import "pulumi-couch"', median: milliseconds(alone), against, ratio: alone / all, limit: 1 }];
}
