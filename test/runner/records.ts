/** What is kept of earlier runs, in the cache: how long files took, and with what the scaffolding's own tests passed. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheRoot } from "../../toolchain/cache";
import { checkout } from "../../toolchain/places";
import type { TestFile } from "./layers";
import type { FileResult } from "./run-file";

/** By source file. */
interface Records {
  seconds: Record<string, number>;
  /** The scaffolding's hash with which a file passed. */
  passed: Record<string, string>;
}

/** The scaffolding: the toolchain, the testbed and the doubles, whose own tests say nothing of the components. */
const scaffolding = ["toolchain/", "testbed/", "doubles/", "cluster/scaffolding/"];

/** All that the scaffolding is made of, tests included. */
const sources = [
  "package-lock.json",
  "toolchain",
  "components/clients/kubernetes/client-library.ts",
  ...scaffolding.map((folder) => join("test", folder)),
  ...["eventually", "loopback", "ports", "resident", "terminate", "engine/stack", "cluster/restricted"].map(
    (file) => `test/${file}.ts`,
  ),
];

const file = join(dirname(cacheRoot(process.env)), "tests", "records.json");

/** Whether a file tests the scaffolding itself. */
export function testsScaffolding(source: string): boolean {
  return scaffolding.some((folder) => source.startsWith(folder));
}

/** Whether a file has passed with the scaffolding as it is now. */
export function hasPassed({ source }: TestFile): boolean {
  return readRecords().passed[source] === scaffoldingHash();
}

/** The longest first, so that none of them is left running alone in the end; those never run before any other. */
export function longestFirst(files: readonly TestFile[]): TestFile[] {
  const { seconds } = readRecords();
  const expected = ({ source }: TestFile) => seconds[source] ?? Number.POSITIVE_INFINITY;
  return [...files].sort((one, other) => (expected(one) === expected(other) ? 0 : expected(other) - expected(one)));
}

/** Keeps what is worth knowing of a run. */
export function record({ source, seconds, passed, failed, skipped }: FileResult): void {
  const records = readRecords();
  records.seconds[source] = seconds;
  if (testsScaffolding(source) && failed === 0 && skipped === 0 && passed > 0)
    records.passed[source] = scaffoldingHash();
  else delete records.passed[source];
  mkdirSync(dirname(file), { recursive: true });
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, JSON.stringify(records, undefined, 1));
  renameSync(fresh, file);
}

/** What cannot be read is worth no more than what is not there. */
function readRecords(): Records {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Records;
  } catch {
    return { seconds: {}, passed: {} };
  }
}

let hash: string | undefined;

/** Identifies the scaffolding's sources, the Node.js that runs them, and the cluster if it is not the testbed's. */
function scaffoldingHash(): string {
  if (hash) return hash;
  const all = createHash("sha256").update(`${process.version}\0${process.env.PULUMI_COUCH_KUBECONFIG ?? ""}`);
  for (const path of sources.flatMap(filesBelow)) all.update(`\0${path}\0`).update(readFileSync(join(checkout, path)));
  hash = all.digest("hex");
  return hash;
}

function filesBelow(path: string): string[] {
  const absolute = join(checkout, path);
  if (!existsSync(absolute)) return [];
  if (!statSync(absolute).isDirectory()) return [path];
  return readdirSync(absolute, { recursive: true, encoding: "utf8" })
    .map((entry) => join(path, entry))
    .filter((entry) => statSync(join(checkout, entry)).isFile())
    .sort();
}
