import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as automation from "@pulumi/pulumi/automation";
import { findToolchain } from "../../../toolchain";
import { kubernetesPlugin } from "../../doubles/kubernetes/plugin";
import { backendIn, scratch } from "../../engine/stack";

/** One of the modules beside this one, in `programs`, and what its `declare` is given. */
export interface Program {
  module: string;
  args: object;
}

/**
 * Makes a project that runs this program, and a stack of it; takes both away after use, with what the stack holds. The
 * engine starts the program in a process of its own, as it does a user's.
 */
export async function withProject<T>(program: Program, use: (project: Project) => Promise<T>): Promise<T> {
  await kubernetesPlugin();
  const { env } = await findToolchain();
  Object.assign(process.env, env);
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, "bench-"));
  try {
    const envVars = { ...(env as Record<string, string>), ...backendIn(folder) };
    const settings = { stackName: "bench", workDir: writeProject(folder, program) };
    const stack = await automation.LocalWorkspace.createStack(settings, { envVars });
    try {
      return await use(new Project(folder, stack, envVars));
    } finally {
      await stack.destroy();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A project in a folder of its own, with its stack. */
export class Project {
  constructor(
    private readonly folder: string,
    readonly stack: automation.Stack,
    private readonly env: Record<string, string>,
  ) {}

  /** Runs `pulumi up`, as on a command line, and hands on the engine's events while they come. */
  async up(hear: (event: automation.EngineEvent) => void = () => {}): Promise<void> {
    const child = spawn("pulumi", ["up", "--yes", "--skip-preview", "--non-interactive", "--json"], {
      cwd: this.folder,
      env: { ...process.env, ...this.env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const errors: string[] = [];
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (!line.startsWith("{")) return;
      const event = JSON.parse(line) as automation.EngineEvent;
      hear(event);
      const { severity, message = "" } = event.diagnosticEvent ?? {};
      if (severity === "error") errors.push(message);
    });
    const [code] = (await once(child, "close")) as [number | null];
    if (code !== 0) throw new Error(`\`pulumi up\` ended with ${code}: ${errors.join("\n")}`);
  }
}

/** Writes the files of a project to a folder, and returns it. */
function writeProject(folder: string, { module, args }: Program): string {
  const file = JSON.stringify(join(__dirname, "programs", `${module}.js`));
  writeFileSync(join(folder, "index.js"), `module.exports = require(${file}).declare(${JSON.stringify(args)});\n`);
  writeFileSync(join(folder, "package.json"), '{ "name": "bench", "private": true, "main": "index.js" }');
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    "name: bench\nruntime: { name: nodejs, options: { typescript: false } }\n",
  );
  return folder;
}
