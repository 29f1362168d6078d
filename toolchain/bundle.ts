// Bundles the programs that run in pods and Lambdas: components/ROOM/program/main.ts becomes
// dist/components/ROOM/program.bundle.js, one file that needs nothing but Node.js.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { checkout } from "./places";

/** Stand-ins for what is too big for a container of 64 MiB. */
const standIns = join(checkout, "components/clients/program");

/** How nodes are reached from inside a Kubernetes cluster: no need for what leads into it from outside. */
const reachFromInside: Plugin = {
  name: "reach-from-inside",
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.\/agent$/ }, ({ resolveDir }) =>
      resolveDir === join(standIns, "..") ? { path: join(standIns, "agent.ts") } : undefined,
    ),
};

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
    plugins: [reachFromInside],
    inject: [join(standIns, "fetch.ts")],
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
