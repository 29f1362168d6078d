// Bundles the programs that run in pods and Lambdas: components/ROOM/program/main.ts becomes
// dist/components/ROOM/program.bundle.js, one file that needs nothing but Node.js. Bundles the Kubernetes client library
// too. Beside them, in dist/components, are the licences of what they contain.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, type BuildResult, build, type Metafile } from "esbuild";
import { bundled } from "../components/clients/kubernetes/client-library";
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

const common = {
  bundle: true,
  metafile: true,
  write: false,
  platform: "node",
  target: "node20",
  format: "cjs",
  minify: true,
  legalComments: "inline",
  logLevel: "warning",
} satisfies BuildOptions;

/** What a bundle was made of. */
type Bundled = Pick<BuildResult<typeof common>, "metafile">;

async function bundle(options: BuildOptions): Promise<Bundled> {
  const { outputFiles, metafile } = await build({ ...options, ...common });
  for (const { path, contents } of outputFiles) writeChanged(path, contents);
  return { metafile };
}

/** Leaves a file alone that is so already: somebody may be reading it. */
function writeChanged(path: string, contents: Uint8Array): void {
  if (!existsSync(path) || !readFileSync(path).equals(contents)) writeFileSync(path, contents);
}

function bundleProgram(room: string): Promise<Bundled> {
  return bundle({
    entryPoints: [join(checkout, "components", room, "program/main.ts")],
    outfile: bundleOf(room),
    conditions: [programCondition],
    inject: [fetchForPrograms],
  });
}

function bundleClientLibrary(): Promise<Bundled> {
  const contents = `export { ${bundled.join(", ")} } from "@kubernetes/client-node";`;
  return bundle({
    stdin: { contents, resolveDir: checkout },
    outfile: join(checkout, "dist/components/clients/kubernetes/client-library.bundle.js"),
  });
}

/** The licences of all packages of which a bundle has a part, as they ask for. */
function licencesOf(metafiles: readonly Metafile[]): string {
  const parts = metafiles.flatMap(({ outputs }) => Object.values(outputs)).flatMap(({ inputs }) => Object.keys(inputs));
  const packages = parts.flatMap((file) => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  return [...new Set(packages)]
    .sort()
    .map(licenceOf)
    .join(`\n${"-".repeat(80)}\n\n`);
}

function licenceOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(checkout, folder, "package.json"), "utf8")) as {
    [key in "name" | "version" | "license"]?: string;
  };
  const files = readdirSync(join(checkout, folder)).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
  const texts = files.map((file) => readFileSync(join(checkout, folder, file), "utf8"));
  return [`${name} ${version}, ${license}\n`, ...texts].join("\n");
}

async function main(): Promise<void> {
  const rooms = roomsWithProgram();
  const built = await Promise.all([...rooms.map(bundleProgram), bundleClientLibrary()]);
  const licences = Buffer.from(licencesOf(built.map(({ metafile }) => metafile)));
  writeChanged(join(checkout, "dist/components/THIRD-PARTY-LICENSES"), licences);
  const problems = rooms.flatMap((room) => sizeProblem(room, statSync(bundleOf(room)).size) ?? []);
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

if (require.main === module)
  main().catch((error: unknown) => {
    console.error(`bundle: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  });
