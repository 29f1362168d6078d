// Bundles the programs that run in pods and Lambdas: components/ROOM/program/main.ts becomes
// dist/components/ROOM/program.bundle.js, one file that needs nothing but Node.js.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { checkout } from "./places";

/** The condition of `imports` in package.json under which a program in a pod gets its own variant of a module. */
const programCondition = "program";

/** Takes the place of the global `fetch`, which needs too much memory for a container of 64 MiB. */
const fetchForPrograms = join(checkout, "components/runtime/fetch.ts");

const bundleFile = "program.bundle.js";

/** Bytes that a ConfigMap may hold: 1 MiB. https://kubernetes.io/docs/concepts/configuration/configmap/ */
const configMapLimit = 1024 * 1024;

/** What is wrong with a bundle of this size, if anything. */
export function sizeProblem(room: string, bytes: number): string | undefined {
  if (bytes + bundleFile.length <= configMapLimit) return undefined;
  return (
    `components/${room}/program is ${bytes} bytes when bundled, and a ConfigMap holds ${configMapLimit}; ` +
    "leave out what it imports needlessly (esbuild's --analyze lists it)"
  );
}

/** The rooms that have a program: every `components/…/program/main.ts`. */
export function roomsWithProgram(): string[] {
  return readdirSync(join(checkout, "components"), { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith("/program/main.ts"))
    .map((file) => file.slice(0, -"/program/main.ts".length))
    .sort();
}

/** Where a room's bundle is. */
export function bundleOf(room: string): string {
  return join(checkout, "dist/components", room, bundleFile);
}

async function bundle(room: string): Promise<void> {
  await build({
    entryPoints: [join(checkout, "components", room, "program/main.ts")],
    outfile: bundleOf(room),
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    minify: true,
    legalComments: "inline",
    conditions: [programCondition],
    inject: [fetchForPrograms],
    logLevel: "warning",
  });
}

async function main(): Promise<void> {
  const rooms = roomsWithProgram();
  await Promise.all(rooms.map(bundle));
  const problems = rooms.flatMap((room) => sizeProblem(room, statSync(bundleOf(room)).size) ?? []);
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

if (require.main === module)
  main().catch((error: unknown) => {
    console.error(`bundle: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  });
