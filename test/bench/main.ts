/** Measures: `npm run bench [-- PART …]`, all parts by default. Ends with 1 if a target is missed. */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { freshNodesCommand } from "../nodes";
import { benchBytes } from "./bytes";
import { benchJoin } from "./join";
import { isMissed, type Result, table } from "./table";
import { benchUp } from "./up";

const parts: Record<string, (repetitions: number) => Promise<Result[]>> = {
  join: benchJoin,
  up: benchUp,
  bytes: benchBytes,
};

function describeMachine(): string {
  const nodes = freshNodesCommand() === undefined ? "CouchDB double, 600,000 rounds of hashing" : "real CouchDB nodes";
  return `${nodes}; ${availableParallelism()} processors; Node.js ${process.version}`;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { repetitions: { type: "string", default: "3" } },
  });
  const unknown = positionals.filter((name) => !(name in parts));
  if (unknown.length > 0)
    throw new Error(`no such part: ${unknown.join(", ")}; there are ${Object.keys(parts).join(", ")}`);
  const repetitions = Number(values.repetitions);
  console.log(`Medians of ${repetitions}; ${describeMachine()}`);
  for (const name of positionals.length > 0 ? positionals : Object.keys(parts)) {
    const results = await parts[name]!(repetitions);
    console.log(`\n${table(results)}`);
    if (results.some(isMissed)) process.exitCode = 1;
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
