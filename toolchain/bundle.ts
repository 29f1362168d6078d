// Bundles the programs that run in pods and Lambdas: components/ROOM/program/main.ts becomes
// dist/components/ROOM/program.bundle.js, one file that needs nothing but Node.js.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { checkout } from "./places";

/** Under it `imports` of package.json lead to what a program in a pod has in place of what reaches in from outside. */
const programCondition = "program";

/** Takes the place of the global `fetch`, which is too big for a container of 64 MiB. */
const fetchForPrograms = join(checkout, "components/runtime/fetch.ts");

/** The rooms that have a program. */
export function roomsWithProgram(): string[] {
  return readdirSync(join(checkout, "components"), { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith("/program/main.ts"))
    .map((file) => file.slice(0, -"/program/main.ts".length))
    .sort();
}

/** Where a room's bundle is. */
export function bundleOf(room: string): string {
  return join(checkout, "dist/components", room, "program.bundle.js");
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
  await Promise.all(roomsWithProgram().map(bundle));
}

if (require.main === module)
  main().catch((error: unknown) => {
    console.error(`bundle: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  });
