/** Measures: `npm run bench [-- PART …]`, all parts by default. Ends with 1 if a target is missed. */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { freshNodesCommand } from "../nodes";
import { Clock } from "../runner/clock";
import { runInTestbed, useCluster } from "../testbed/layer";
import { TestbedImpossibleError } from "../testbed/up";
import { benchBytes } from "./bytes";
import { benchImport } from "./import";
import { benchJoin } from "./join";
import { benchKubernetesJoin } from "./kubernetes/join";
import { benchKubernetesNoChange } from "./kubernetes/no-change";
import { benchKubernetesUp } from "./kubernetes/up";
import { benchReschedule } from "./reschedule";
import { isMissed, type Result, table } from "./table";
import { benchUp } from "./up";

type Part = (repetitions: number) => Promise<Result[]>;

const parts: Record<string, Part> = { join: benchJoin, up: benchUp, bytes: benchBytes, import: benchImport };

/** Those that need a Kubernetes, and run where it is reached. */
const kubernetesParts: Record<string, Part> = {
  "kubernetes-up": benchKubernetesUp,
  "kubernetes-join": benchKubernetesJoin,
  "kubernetes-no-change": benchKubernetesNoChange,
  reschedule: benchReschedule,
};

function describeMachine(): string {
  const nodes = freshNodesCommand() === undefined ? "CouchDB double, 600,000 rounds of hashing" : "real CouchDB nodes";
  return `${nodes}; ${availableParallelism()} processors; Node.js ${process.version}`;
}

/** Runs parts and prints what came of them; answers whether all targets were met. */
async function runHere(chosen: readonly Part[], repetitions: number): Promise<boolean> {
  let met = true;
  for (const part of chosen) {
    const results = await part(repetitions);
    console.log(`\n${table(results)}`);
    if (results.some(isMissed)) met = false;
  }
  return met;
}

/** The same for parts that need a Kubernetes: here, or in a process inside the testbed. */
async function runOnKubernetes(names: readonly string[], repetitions: number): Promise<boolean> {
  const chosen = names.map((name) => kubernetesParts[name]!);
  if (chosen.length === 0 || (await useCluster())) return runHere(chosen, repetitions);
  try {
    return await runInTestbed<boolean>(__filename, ["--repetitions", String(repetitions), ...names], new Clock());
  } catch (error) {
    if (!(error instanceof TestbedImpossibleError)) throw error;
    console.log(`\nSKIPPED: ${names.join(", ")}. ${error.message}`);
    return true;
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { repetitions: { type: "string", default: "3" } },
  });
  const known = [...Object.keys(parts), ...Object.keys(kubernetesParts)];
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`no such part: ${unknown.join(", ")}; there are ${known.join(", ")}`);
  const repetitions = Number(values.repetitions);
  const names = positionals.length > 0 ? positionals : known;
  if (!process.send) console.log(`Medians of ${repetitions}; ${describeMachine()}`);
  const bare = names.flatMap((name) => parts[name] ?? []);
  const bareMet = await runHere(bare, repetitions);
  const onKubernetes = names.filter((name) => name in kubernetesParts);
  const met = (await runOnKubernetes(onKubernetes, repetitions)) && bareMet;
  process.send?.(met); // to the process that started this one inside the testbed
  if (!met) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
